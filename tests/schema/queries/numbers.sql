-- How much of what there is, counted as the data model counts.
WITH tables AS (
    SELECT oid FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND relname !~ '^_?yoyo_'
)
SELECT 'tables', count(*) FROM tables
UNION ALL
SELECT 'columns', count(*) FROM pg_attribute AS a JOIN tables AS t ON t.oid = a.attrelid
WHERE a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'indexes', count(*) FROM pg_index AS i JOIN tables AS t ON t.oid = i.indrelid
UNION ALL
SELECT 'foreign keys', count(*) FROM pg_constraint AS c JOIN tables AS t ON t.oid = c.conrelid WHERE c.contype = 'f'
UNION ALL
SELECT 'checks and uniques', count(*) FROM pg_constraint AS c JOIN tables AS t ON t.oid = c.conrelid
WHERE c.contype IN ('c', 'u')
UNION ALL
SELECT 'triggers', count(*) FROM pg_trigger AS g JOIN tables AS t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
UNION ALL
SELECT 'functions', count(*) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
