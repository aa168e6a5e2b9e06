/* @name users_to_purge */
-- name: users_to_purge(deleted_before, max_users)
-- record_class: UsersToPurgeRow
-- Returns the users who were deleted before a given time, oldest deletion first. purge_user deletes their rows.
--
-- Parameters: deleted_before timestamptz, max_users integer
-- Returns: a row for each: user_id, deleted_at.
-- Nullable: none
-- Indexes: users_deleted_at_set_idx
-- Pages: 10 + 2 a user
-- Locks: none.
-- Errors: none to retry.
SELECT
    id AS user_id,
    deleted_at
FROM users
-- In subqueries: else a plan made for one call looks cheaper than one for all, and is made for each.
WHERE deleted_at < (SELECT CAST(:deleted_before AS timestamptz))
ORDER BY deleted_at
LIMIT (SELECT CAST(:max_users AS integer));
