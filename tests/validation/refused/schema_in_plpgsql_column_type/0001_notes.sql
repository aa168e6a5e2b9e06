CREATE FUNCTION f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    k public.notes.id%TYPE;
BEGIN
    NULL;
    RETURN NEW;
END;
$$;
