-- Tables of this database with a free space or visibility map: rewritten they have none, and are fewer files to copy.
SELECT oid::regclass::text
FROM pg_class
WHERE relkind IN ('r', 'm')
    AND NOT relisshared
    AND pg_has_role(relowner, 'USAGE')
    AND pg_relation_size(oid, 'fsm') + pg_relation_size(oid, 'vm') > 0;
