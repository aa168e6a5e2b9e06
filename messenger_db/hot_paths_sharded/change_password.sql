/* @name change_password */
-- name: change_password(password_hash, user_id, session_id)^
-- record_class: ChangePasswordRow
-- Changes a user's password and ends all other sessions, because one of them may belong to somebody who knew the old one.
--
-- Parameters: user_id uuid, password_hash text (bcrypt or argon2id), session_id uuid (the one that stays; NULL for
--   none)
-- Returns: one row: ended, how many sessions were ended; none when the user does not exist or is deleted.
-- Nullable: none
-- Indexes: users_pkey, user_sessions_*
-- Pages: 40 + 20 a session
-- Locks: the user NO KEY UPDATE, then the sessions.
-- Errors: 23514 users_password_hash_format: not a complete hash; do not retry. 40P01: retry.
WITH changed AS (
    UPDATE users
    SET
        password_hash = CAST(:password_hash AS text),
        updated_at = GREATEST(updated_at, statement_timestamp())
    WHERE id = CAST(:user_id AS uuid)
        AND deleted_at IS NULL
    RETURNING id
),
ended AS (
    UPDATE user_sessions
    SET
        is_active = false,
        revoked_at = GREATEST(user_sessions.created_at, statement_timestamp())
    WHERE user_sessions.user_id = (SELECT id FROM changed)
        AND user_sessions.is_active
        AND (CAST(:session_id AS uuid) IS NULL OR user_sessions.id <> CAST(:session_id AS uuid))
    RETURNING user_sessions.id
)
SELECT (SELECT CAST(count(*) AS integer) FROM ended) AS ended
FROM changed;
