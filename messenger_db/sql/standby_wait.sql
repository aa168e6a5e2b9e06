-- A commit that has waited for seconds, not one of the many that wait for a moment.
SELECT
    'committed here; waiting for a synchronous standby to confirm it (synchronous_standby_names = '
    || quote_literal(current_setting('synchronous_standby_names'))
    || '): see pg_stat_replication, and start the standby or change that setting'
FROM pg_stat_activity
WHERE pid = %(pid)s
    AND wait_event = 'SyncRep'
    AND clock_timestamp() - query_start > interval '2 s';
