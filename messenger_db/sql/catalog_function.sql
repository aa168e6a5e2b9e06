SELECT
    NULL,
    format('%s(%s)', proname, pg_get_function_identity_arguments(pg_proc.oid)),
    CASE prokind
        WHEN 'p' THEN 'procedure'
        WHEN 'a' THEN 'aggregate of '
        WHEN 'w' THEN 'window function of '
        ELSE 'function of '
    END
    || coalesce(pg_get_function_result(pg_proc.oid), '') AS function,
    pg_get_function_arguments(pg_proc.oid) AS arguments,
    lanname AS language,
    CASE provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END AS volatility,
    CASE proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' ELSE 'UNSAFE' END AS parallel,
    CASE WHEN proisstrict THEN 'STRICT' ELSE 'CALLED ON NULL INPUT' END AS "null input",
    CASE WHEN prosecdef THEN 'DEFINER' ELSE 'INVOKER' END AS security,
    array_to_string(proconfig, ', ') AS settings,
    coalesce(pg_get_function_sqlbody(pg_proc.oid), prosrc) AS body,
    quote_literal(obj_description(pg_proc.oid, 'pg_proc')) AS comment
FROM pg_proc
JOIN pg_language ON pg_language.oid = prolang
WHERE pronamespace = to_regnamespace(quote_ident(current_schema()))
    AND NOT EXISTS (
        SELECT
        FROM pg_depend
        WHERE classid = 'pg_proc'::regclass
            AND objid = pg_proc.oid
            AND deptype = 'e'
    );
