-- depends: 0001_notes

CREATE FUNCTION f() RETURNS integer
    LANGUAGE sql
    RETURN 1;
