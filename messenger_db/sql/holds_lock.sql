-- classid and objid are unsigned where hashtext is signed.
SELECT EXISTS (
    SELECT
    FROM pg_locks
    WHERE locktype = 'advisory'
        AND granted
        AND pid = pg_backend_pid()
        AND classid::bigint = hashtext('messenger-db') & 4294967295::bigint
        AND objid::bigint = hashtext(coalesce(current_schema(), '')) & 4294967295::bigint
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
);
