/* @name user_by_username */
-- name: user_by_username(username)^
-- record_class: UserByUsernameRow
-- Who logs in: the user of a name, in whatever case it is typed, with the hash that the password must match.
--
-- Parameters: username text
-- Returns: one row: user_id, username, password_hash; none when nobody has the name, or they left.
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
