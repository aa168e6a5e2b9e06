-- is_blank() in a body that compares as its argument does: the one it has compares as the database does.
DO $$
BEGIN
    EXECUTE format(
        'CREATE FUNCTION is_blank_as_c(value text) RETURNS boolean LANGUAGE sql AS %L',
        regexp_replace(pg_get_function_sqlbody('is_blank'::regproc), '^\s*RETURN', 'SELECT')
    );
END;
$$;
