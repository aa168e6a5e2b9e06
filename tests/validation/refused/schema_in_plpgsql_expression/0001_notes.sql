CREATE FUNCTION f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF public.g() THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END;
$$;
