/* @name members */
-- name: members(chat_id, user_id)
-- record_class: MembersRow
-- Returns the members of a chat, with names and presence: the owner, then admins, then the others, by name.
--
-- Parameters: user_id uuid (who asks), chat_id uuid
-- Returns: a row for each active member: user_id, role, username, display_name, avatar_url, status, last_seen_at,
--   joined_at, added_by; none when the reader is not one of them.
-- Nullable: display_name, avatar_url, last_seen_at, added_by
-- Indexes: chat_participants_*, users_pkey
-- Pages: 30 + 8 a member
-- Locks: none.
-- Errors: none to retry.
SELECT
    chat_participants.user_id,
    chat_participants.role,
    users.username,
    users.display_name,
    users.avatar_url,
    users.status,
    users.last_seen_at,
    chat_participants.joined_at,
    chat_participants.added_by
FROM chat_participants
JOIN users ON users.id = chat_participants.user_id
WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
    AND chat_participants.left_at IS NULL
    AND EXISTS (
        SELECT
        FROM chat_participants AS asking
        WHERE asking.chat_id = CAST(:chat_id AS uuid)
            AND asking.user_id = CAST(:user_id AS uuid)
            AND asking.left_at IS NULL
    )
ORDER BY
    array_position(ARRAY['owner', 'admin', 'member'], chat_participants.role::text),
    lower(COALESCE(users.display_name, users.username)),
    chat_participants.user_id;
