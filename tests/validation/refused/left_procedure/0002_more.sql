-- depends: 0001_notes

CREATE PROCEDURE p()
    LANGUAGE sql
    AS $$ SELECT 1 $$;
