/* @name appoint_owner */
-- name: appoint_owner(chat_id)^
-- record_class: AppointOwnerRow
-- Appoints an owner for a group that has none, after leave_chat or delete_user: the admin who has been in it longest, or
-- else the member who has. Safe to repeat.
--
-- Parameters: chat_id uuid
-- Returns: one row, user_id (the new owner); none when there is an owner, or nobody is left.
-- Nullable: none
-- Indexes: chats_pkey, chat_participants_*
-- Pages: 50 + 1 a member
-- Locks: the chat NO KEY UPDATE, then the member.
-- Errors: 23505 chat_participants_chat_id_owner_key: another member was appointed at the same time; nothing to do.
--   40P01: retry.
WITH chat AS MATERIALIZED (
    SELECT id
    FROM chats
    WHERE id = CAST(:chat_id AS uuid)
        AND type = 'group'
        AND NOT is_deleted
    FOR NO KEY UPDATE
),
heir AS MATERIALIZED (
    SELECT
        chat_participants.chat_id,
        chat_participants.user_id
    FROM chat
    JOIN chat_participants ON chat_participants.chat_id = chat.id
    WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
        AND chat_participants.left_at IS NULL
        AND NOT EXISTS (
            SELECT
            FROM chat_participants AS owner
            WHERE owner.chat_id = CAST(:chat_id AS uuid)
                AND owner.role = 'owner'
        )
    ORDER BY
        chat_participants.role,
        chat_participants.joined_at,
        chat_participants.user_id
    LIMIT 1
)
UPDATE chat_participants
SET role = 'owner'
FROM heir
WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
    AND chat_participants.user_id = heir.user_id
    AND chat_participants.left_at IS NULL
RETURNING chat_participants.user_id;
