CREATE FUNCTION f() RETURNS integer
    LANGUAGE sql
    AS $$ SELEC 1 $$;
