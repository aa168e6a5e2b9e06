CREATE FUNCTION f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM 1 FROM public.notes;
    RETURN NEW;
END;
$$;
