-- classid and objid are unsigned where hashtext is signed.
SELECT
    format(
        'process %s (%s, connected since %s)',
        pid,
        coalesce(nullif(application_name, ''), usename),
        coalesce(to_char(backend_start, 'YYYY-MM-DD HH24:MI:SS TZ'), 'a time that pg_read_all_stats may see')
    )
FROM pg_locks
JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory'
    AND granted
    AND classid::bigint = hashtext('messenger-db') & 4294967295::bigint
    AND objid::bigint = hashtext(coalesce(current_schema(), '')) & 4294967295::bigint
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database());
