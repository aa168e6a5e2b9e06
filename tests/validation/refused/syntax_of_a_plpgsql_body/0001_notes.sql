SELECT 1;

CREATE FUNCTION f() RETURNS integer
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN 1
END;
$$;
