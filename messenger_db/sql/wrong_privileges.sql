-- Each privilege that the role has and should not, or should and has not. TEMP and CONNECT are the database's.
SELECT
    what,
    has
FROM (
    SELECT
        privilege || ' on ' || relname AS what,
        has_table_privilege(%(role)s, oid, privilege) AS has,
        relname = ANY (%(tables)s) AND privilege = ANY (%(privileges)s) AS should
    FROM pg_class
    CROSS JOIN unnest(
        ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
        || CASE WHEN current_setting('server_version_num')::integer >= 170000 THEN ARRAY['MAINTAIN'] ELSE '{}' END
    ) AS privilege
    WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
        AND relkind IN ('r', 'p', 'v', 'm')
        AND (relname = ANY (%(tables)s) OR relname ~ '^(_yoyo_|yoyo_lock$)')
    UNION ALL
    SELECT
        'EXECUTE on ' || signature,
        has_function_privilege(%(role)s, oid, 'EXECUTE'),
        signature = ANY (%(called)s::text[])
    FROM pg_proc
    CROSS JOIN format('%%I(%%s)', proname, pg_get_function_identity_arguments(oid)) AS signature
    WHERE pronamespace = to_regnamespace(quote_ident(current_schema()))
        AND signature = ANY (%(functions)s::text[])
    UNION ALL
    SELECT
        privilege || ' on the schema ' || current_schema(),
        has_schema_privilege(%(role)s, current_schema(), privilege),
        privilege = 'USAGE'
    FROM unnest(ARRAY['USAGE', 'CREATE']) AS privilege
) AS privileges
WHERE has <> should
ORDER BY has, what;
