/* @name profile */
-- name: profile(username)^
-- record_class: ProfileRow
-- Returns the public profile of a user, found by username regardless of case.
--
-- Parameters: username text
-- Returns: one row: user_id, username, display_name, bio, avatar_url, status, last_seen_at, created_at; none when
--   no user has the name, or the user is deleted.
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
