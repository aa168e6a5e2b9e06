/* @name profile */
-- name: profile(username)^
-- record_class: ProfileRow
-- What others see of a user, found by name, in whatever case it is typed.
--
-- Parameters: username text
-- Returns: one row: user_id, username, display_name, bio, avatar_url, status, last_seen_at, created_at; none when
--   nobody has the name, or they left.
-- Nullable: display_name, bio, avatar_url, last_seen_at
-- Indexes: users_username_lower_key
-- Pages: 10
-- Locks: none.
-- Errors: none to retry.
SELECT
    id AS user_id,
    username,
    display_name,
    bio,
    avatar_url,
    status,
    last_seen_at,
    created_at
FROM users
WHERE lower(username) = lower(CAST(:username AS text))
    AND deleted_at IS NULL;
