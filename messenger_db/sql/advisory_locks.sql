-- Advisory locks: one for each schema that is migrated, one for each backfill of it, and those of test sessions.

-- name: try(what, part)
-- Advisory locks are a database's own; the second key parts the schemas within it, and what has locks of its own in each.
SELECT pg_try_advisory_lock(hashtext(:what), hashtext(coalesce(current_schema(), '') || :part));

-- name: let_go(what, part)
SELECT pg_advisory_unlock(hashtext(:what), hashtext(coalesce(current_schema(), '') || :part));

-- name: holds(what, part)
-- classid and objid are unsigned where hashtext is signed.
SELECT EXISTS (
    SELECT
    FROM pg_locks
    WHERE locktype = 'advisory'
        AND granted
        AND pid = pg_backend_pid()
        AND classid::bigint = hashtext(:what) & 4294967295::bigint
        AND objid::bigint = hashtext(coalesce(current_schema(), '') || :part) & 4294967295::bigint
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
);

-- name: holder(what, part)
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
    AND classid::bigint = hashtext(:what) & 4294967295::bigint
    AND objid::bigint = hashtext(coalesce(current_schema(), '') || :part) & 4294967295::bigint
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database());

-- name: share(what, claim)
-- The first key is this use's own, the second says what is claimed: 8 hexadecimal digits.
SELECT pg_try_advisory_lock_shared(hashtext(:what), ('x' || :claim)::bit(32)::int);

-- name: unshare(what, claim)
SELECT pg_advisory_unlock_shared(hashtext(:what), ('x' || :claim)::bit(32)::int);

-- name: acquire(what, claim)
SELECT pg_try_advisory_lock(hashtext(:what), ('x' || :claim)::bit(32)::int);

-- name: release(what, claim)
SELECT pg_advisory_unlock(hashtext(:what), ('x' || :claim)::bit(32)::int);
