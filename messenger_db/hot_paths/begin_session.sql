/* @name begin_session */
-- name: begin_session(user_id, token_hash, expires_at, device_id, device_type, device_name, ip_address, user_agent)^
-- record_class: BeginSessionRow
-- Logs a device in. Safe to repeat with the same token.
--
-- Parameters: user_id uuid, token_hash bytea (SHA-256 of a random token), expires_at timestamptz, device_id text (or
--   NULL), device_type text (web, ios, android or desktop, or NULL), device_name text (or NULL), ip_address inet (or NULL),
--   user_agent text (cut to 1,000 characters; or NULL)
-- Returns: one row, session_id; none when the user is deleted, or another user's session has the token.
-- Nullable: none
-- Indexes: users_pkey, user_sessions_*
-- Pages: 60
-- Locks: the user KEY SHARE, then the new row.
-- Errors: 23514, 22001: a rule of user_sessions was violated; the constraint is named; do not retry.
WITH person AS MATERIALIZED (
    SELECT id
    FROM users
    WHERE id = CAST(:user_id AS uuid)
        AND deleted_at IS NULL
    FOR KEY SHARE
)
INSERT INTO user_sessions AS known (
    user_id,
    token_hash,
    expires_at,
    device_id,
    device_type,
    device_name,
    ip_address,
    user_agent
)
SELECT
    id,
    CAST(:token_hash AS bytea),
    CAST(:expires_at AS timestamptz),
    CAST(:device_id AS text),
    CAST(:device_type AS text),
    CAST(:device_name AS text),
    CAST(:ip_address AS inet),
    left(CAST(:user_agent AS text), 1000)
FROM person
-- DO UPDATE, so that a repeat gets the id; it changes nothing.
ON CONFLICT (token_hash) DO UPDATE
SET is_active = known.is_active
WHERE known.user_id = excluded.user_id
RETURNING id AS session_id;
