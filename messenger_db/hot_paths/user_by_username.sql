/* @name user_by_username */
-- name: user_by_username(username)^
-- record_class: UserByUsernameRow
-- Returns the user of a username, regardless of case, with the hash that the password must match at login.
--
-- Parameters: username text
-- Returns: one row: user_id, username, password_hash; none when no user has the name, or the user is deleted.
-- Nullable: none
-- Indexes: users_username_lower_key
-- Pages: 10
-- Locks: none.
-- Errors: none to retry.
SELECT
    id AS user_id,
    username,
    password_hash
FROM users
WHERE lower(username) = lower(CAST(:username AS text))
    AND deleted_at IS NULL;
