/* @name history_after */
-- name: history_after(chat_id, after_id, user_id)
-- record_class: HistoryAfterRow
-- Returns the 50 messages of a chat after a given one, oldest first: those that a disconnected device has missed.
--
-- Parameters: user_id uuid (the reader), chat_id uuid, after_id uuid (the newest message shown so far;
--   00000000-0000-0000-0000-000000000000 for the oldest page)
-- Returns: at most 50 rows of messages; none when the reader is not an active member.
-- Nullable: sender_id, reply_to_id, edited_at, deleted_at
-- Indexes: chat_participants_*, messages_chat_id_id_key
-- Pages: 70
-- Locks: none.
-- Errors: none to retry.
SELECT
    id,
    sender_id,
    content,
    content_type,
    metadata,
    reply_to_id,
    edited_at,
    deleted_at,
    created_at
FROM messages
WHERE chat_id = CAST(:chat_id AS uuid)
    AND id > CAST(:after_id AS uuid)
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
            AND user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
    )
ORDER BY id
LIMIT 50;
