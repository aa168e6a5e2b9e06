-- depends: 0001_notes

CREATE OR REPLACE FUNCTION f() RETURNS integer
    LANGUAGE sql
    RETURN 2;
