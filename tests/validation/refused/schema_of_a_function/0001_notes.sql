CREATE FUNCTION public.f() RETURNS integer
    LANGUAGE sql
    RETURN 1;
