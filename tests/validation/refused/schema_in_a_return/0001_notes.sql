CREATE FUNCTION f() RETURNS integer
    LANGUAGE sql
    RETURN public.g();
