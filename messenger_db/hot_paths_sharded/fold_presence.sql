/* @name fold_presence */
-- name: fold_presence(heard_after)
-- record_class: FoldPresenceRow
-- Brings users and their sessions, which are on every node, up to the heartbeats that presence has, and deletes older ones.
-- One process of the application calls it every few seconds: so late are others told who is there.
-- Citus takes it only after SET LOCAL citus.multi_shard_modify_mode = 'sequential', in the same transaction.
--
-- Parameters: heard_after timestamptz (a minute before the call before)
-- Returns: a row for each user who changed: user_id, status, last_seen_at.
-- Nullable: none
-- Indexes: presence_last_seen_at_idx, users_pkey, user_sessions_pkey
-- Pages: 20 + 60 a session
-- Locks: the users, then their sessions, then older heartbeats.
-- Errors: 40P01: retry.
WITH heard AS MATERIALIZED (
    SELECT
        session_id,
        user_id,
        status,
        last_seen_at
    FROM presence
    WHERE last_seen_at > CAST(:heard_after AS timestamptz)
),
newest AS MATERIALIZED (
    SELECT DISTINCT ON (user_id)
        user_id,
        status,
        last_seen_at
    FROM heard
    ORDER BY
        user_id,
        last_seen_at DESC,
        session_id
),
seen AS (
    UPDATE users
    SET
        status = newest.status,
        last_seen_at = GREATEST(users.last_seen_at, newest.last_seen_at),
        updated_at = GREATEST(users.updated_at, statement_timestamp())
    FROM newest
    WHERE users.id = newest.user_id
        AND users.deleted_at IS NULL
        AND (users.status <> newest.status OR users.last_seen_at IS DISTINCT FROM newest.last_seen_at)
    RETURNING
        users.id,
        users.status,
        users.last_seen_at
),
active AS (
    UPDATE user_sessions
    SET last_activity_at = GREATEST(user_sessions.last_activity_at, heard.last_seen_at)
    FROM heard
    WHERE user_sessions.id = heard.session_id
        AND user_sessions.is_active
        AND (SELECT count(*) FROM seen) >= 0
),
-- The call before has had them.
forgotten AS (
    DELETE FROM presence
    WHERE last_seen_at <= CAST(:heard_after AS timestamptz)
)
SELECT
    id AS user_id,
    status,
    last_seen_at
FROM seen
ORDER BY id;
