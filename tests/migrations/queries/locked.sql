-- What this transaction has touched, of an index its table: it holds a lock on each until it ends.
SELECT DISTINCT coalesce(indrelid, relation)
FROM pg_locks LEFT JOIN pg_index ON indexrelid = relation
WHERE pid = pg_backend_pid() AND locktype = 'relation'
