-- Rows that this transaction updated, and how many of them without touching an index.
SELECT relname::text, n_tup_upd, n_tup_hot_upd
FROM pg_stat_xact_user_tables
WHERE schemaname = current_schema() AND n_tup_upd > 0
