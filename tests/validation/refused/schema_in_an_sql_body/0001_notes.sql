CREATE FUNCTION f() RETURNS bigint
    LANGUAGE sql
    AS $$ SELECT count(*) FROM public.notes $$;
