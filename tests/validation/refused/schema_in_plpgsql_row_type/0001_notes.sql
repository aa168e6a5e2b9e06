CREATE FUNCTION f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    r public.notes%ROWTYPE;
BEGIN
    NULL;
    RETURN NEW;
END;
$$;
