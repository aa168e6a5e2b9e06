-- Types that somebody made: enumerations, domains, ranges and composites that are no table.
SELECT t.typname::text
FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
WHERE
    t.typnamespace = current_schema()::regnamespace
    AND (t.typtype IN ('e', 'd', 'r', 'm') OR (t.typtype = 'c' AND c.relkind = 'c'))
