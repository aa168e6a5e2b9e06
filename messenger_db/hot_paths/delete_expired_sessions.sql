/* @name delete_expired_sessions */
-- name: delete_expired_sessions(expired_before, max_sessions)^
-- record_class: DeleteExpiredSessionsRow
-- Deletes sessions that expired before a given time, one batch per call. Repeat until fewer than max_sessions are deleted.
--
-- Parameters: expired_before timestamptz, max_sessions integer (such as 1000)
-- Returns: one row: deleted, the number of sessions.
-- Nullable: none
-- Indexes: user_sessions_*
-- Pages: 20 + 30 a session
-- Locks: the sessions FOR UPDATE; those that another session has locked are skipped.
-- Errors: 40P01: retry.
WITH expired AS MATERIALIZED (
    SELECT id
    FROM user_sessions
    -- In subqueries: else a plan made for one call looks cheaper than one for all, and is made for each.
    WHERE expires_at < (SELECT CAST(:expired_before AS timestamptz))
    ORDER BY expires_at
    LIMIT (SELECT CAST(:max_sessions AS integer))
    FOR UPDATE SKIP LOCKED
),
removed AS (
    DELETE FROM user_sessions
    USING expired
    WHERE user_sessions.id = expired.id
    RETURNING user_sessions.id
)
SELECT CAST(count(*) AS integer) AS deleted
FROM removed;
