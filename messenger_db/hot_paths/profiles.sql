/* @name profiles */
-- name: profiles(user_ids)
-- record_class: ProfilesRow
-- What others see of several users, by id: the names in a list of chats, or of messages found. Who left is among them,
-- as their chats and messages stay.
--
-- Parameters: user_ids uuid[]
-- Returns: a row for each, in no order: user_id, username, display_name, avatar_url, status, last_seen_at, deleted_at
--   (when they left); none for who was purged.
-- Nullable: display_name, avatar_url, last_seen_at, deleted_at
-- Indexes: users_pkey
-- Pages: 10 + 4 a user
-- Locks: none.
-- Errors: none to retry.
SELECT
    id AS user_id,
    username,
    display_name,
    avatar_url,
    status,
    last_seen_at,
    deleted_at
FROM users
-- In a subquery: else a plan made for few users looks cheaper than one for all, and is made for each call.
WHERE id = ANY (CAST((SELECT CAST(:user_ids AS uuid[])) AS uuid[]));
