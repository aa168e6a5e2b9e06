/* @name update_profile */
-- name: update_profile(display_name, bio, avatar_url, user_id)^
-- record_class: UpdateProfileRow
-- Changes the public profile of a user. All three values are written: NULL removes a value.
--
-- Parameters: user_id uuid, display_name text (or NULL), bio text (or NULL), avatar_url text (or NULL)
-- Returns: one row, updated_at; none when the user does not exist or is deleted.
-- Nullable: none
-- Indexes: users_pkey
-- Pages: 30
-- Locks: the user NO KEY UPDATE.
-- Errors: 23514, 22001: a rule of users was violated; the constraint is named; do not retry.
UPDATE users
SET
    display_name = CAST(:display_name AS text),
    bio = CAST(:bio AS text),
    avatar_url = CAST(:avatar_url AS text),
    updated_at = GREATEST(updated_at, statement_timestamp())
WHERE id = CAST(:user_id AS uuid)
    AND deleted_at IS NULL
RETURNING updated_at;
