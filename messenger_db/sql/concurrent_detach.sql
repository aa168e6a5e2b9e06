-- Partitions that are detached CONCURRENTLY.

-- name: state(parent, partition)
-- Nothing for a table that does not exist: the statement itself then says so.
SELECT
    CASE
        WHEN inhdetachpending THEN 'pending'
        WHEN inhrelid IS NULL THEN 'detached'
        ELSE 'attached'
    END
FROM (VALUES (to_regclass(:parent), to_regclass(:partition))) AS named (parent, partition)
LEFT JOIN pg_inherits ON inhparent = parent AND inhrelid = partition
WHERE parent IS NOT NULL AND partition IS NOT NULL;

-- name: finalize()
ALTER TABLE {parent} DETACH PARTITION {partition} FINALIZE;

-- name: in_transaction()
-- CONCURRENTLY leaves a CHECK that says which rows the partition had.
DO $$
DECLARE
    rows text := pg_get_partition_constraintdef({literal}::regclass);
BEGIN
    ALTER TABLE {parent} DETACH PARTITION {partition};
    EXECUTE 'ALTER TABLE ' || {literal} || ' ADD CHECK (' || rows || ')';
END
$$;
