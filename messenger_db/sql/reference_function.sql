SELECT
    format('%s(%s)', proname, pg_get_function_arguments(pg_proc.oid)),
    pg_get_function_result(pg_proc.oid),
    format(
        '%s, %s%s',
        lanname,
        CASE provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END,
        CASE proparallel WHEN 's' THEN ', PARALLEL SAFE' WHEN 'r' THEN ', PARALLEL RESTRICTED' ELSE '' END
    ),
    coalesce(obj_description(pg_proc.oid, 'pg_proc'), '')
FROM pg_proc
JOIN pg_language ON pg_language.oid = prolang
WHERE pronamespace = to_regnamespace(quote_ident(current_schema()))
ORDER BY proname, pg_proc.oid;
