CREATE FUNCTION f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.id := public.g(NEW.id);
    RETURN NEW;
END;
$$;
