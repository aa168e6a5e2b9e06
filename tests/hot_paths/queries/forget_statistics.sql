-- The tables as they are after a restore that nothing has analysed: pg_clear_relation_stats() is PostgreSQL 18's alone.
DELETE FROM pg_statistic
WHERE starelid IN (
    SELECT oid
    FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace
);

UPDATE pg_class
SET
    relpages = 0,
    reltuples = -1,
    relallvisible = 0
WHERE relnamespace = current_schema()::regnamespace
    AND relkind IN ('r', 'i');
