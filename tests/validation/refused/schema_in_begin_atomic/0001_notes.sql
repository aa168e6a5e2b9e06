CREATE FUNCTION f() RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
        SELECT count(*) FROM public.notes;
    END;
