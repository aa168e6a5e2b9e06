CREATE FUNCTION f() RETURNS integer
    LANGUAGE sql
    SET search_path = chat
    RETURN 1;
