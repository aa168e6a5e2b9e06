-- Functions that may touch a table or depend on search_path: those in SQL must be bound to what they call when they are
-- made, and bound to no relation; those in another language must name pg_catalog and hold no statement but assignments.
SELECT p.proname::text
FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
WHERE
    p.pronamespace = current_schema()::regnamespace
    AND (
        p.prosecdef
        OR (l.lanname = 'sql' AND p.prosqlbody IS NULL)
        OR EXISTS (
            SELECT FROM pg_depend AS d
            WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass
        )
        OR p.prosrc ~* '\m(select|insert|update|delete|merge|from|perform|execute|truncate|copy)\M'
        OR regexp_replace(p.prosrc, 'pg_catalog\.[a-z_]+\(|greatest\(', '', 'gi') ~ '[a-z_]\('
    )
