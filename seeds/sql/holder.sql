-- Who keeps us from a table that we may lock: it has any lock on it.
SELECT
    format(
        'process %%s (%%s) uses the table %%s',
        pid,
        coalesce(nullif(application_name, ''), usename),
        relation::regclass
    )
FROM pg_locks
JOIN pg_stat_activity USING (pid)
JOIN pg_class ON pg_class.oid = relation
WHERE granted
    AND pid <> pg_backend_pid()
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relname = ANY (%(tables)s)
ORDER BY
    mode = 'AccessExclusiveLock' DESC,
    xact_start
LIMIT 1;
