-- The pages of tables and indexes that this transaction has touched so far, in its keys' checks and triggers too, which
-- EXPLAIN leaves out.
SELECT sum(pg_stat_get_xact_blocks_fetched(oid))
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace
    AND relkind IN ('r', 'i')
