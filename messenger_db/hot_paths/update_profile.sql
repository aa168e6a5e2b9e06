/* @name update_profile */
-- name: update_profile(display_name, bio, avatar_url, user_id)^
-- record_class: UpdateProfileRow
-- Changes what others see of a user. All three are written: NULL takes one away.
--
-- Parameters: user_id uuid, display_name text (or NULL), bio text (or NULL), avatar_url text (or NULL)
-- Returns: one row, updated_at; none when there is no such user, or they left.
-- Nullable: none
-- Indexes: users_pkey
-- Pages: 30
-- Locks: the user NO KEY UPDATE.
-- Errors: 23514, 22001: a rule of users was broken, named by its constraint; do not retry.
UPDATE users
SET
    display_name = CAST(:display_name AS text),
    bio = CAST(:bio AS text),
    avatar_url = CAST(:avatar_url AS text)
WHERE id = CAST(:user_id AS uuid)
    AND deleted_at IS NULL
RETURNING updated_at;
