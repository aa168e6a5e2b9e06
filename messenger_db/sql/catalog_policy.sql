SELECT
    relname,
    relname || '.' || polname,
    concat_ws(
        ' ',
        CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
        CASE polcmd
            WHEN 'r' THEN 'FOR SELECT'
            WHEN 'a' THEN 'FOR INSERT'
            WHEN 'w' THEN 'FOR UPDATE'
            WHEN 'd' THEN 'FOR DELETE'
            ELSE 'FOR ALL'
        END,
        'TO ' || (
            SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ' ORDER BY role)
            FROM unnest(polroles) AS role
        ),
        'USING (' || pg_get_expr(polqual, polrelid, true) || ')',
        'WITH CHECK (' || pg_get_expr(polwithcheck, polrelid, true) || ')'
    ) AS policy,
    quote_literal(obj_description(pg_policy.oid, 'pg_policy')) AS comment
FROM pg_policy
JOIN pg_class ON pg_class.oid = polrelid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()));
