-- depends: 0001_notes

CREATE FUNCTION f() RETURNS integer
    LANGUAGE sql
    RETURN 1;

CREATE FUNCTION f(a integer) RETURNS integer
    LANGUAGE sql
    RETURN a;
