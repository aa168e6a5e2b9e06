CREATE FUNCTION f() RETURNS integer
    LANGUAGE sql
    RETURN 1;

SELECT f();

-- squawk-ignore ban-drop-function -- it was a helper of this file
DROP FUNCTION f();
