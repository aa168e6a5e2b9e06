/* @name history_before */
-- name: history_before(chat_id, before_id, user_id)
-- record_class: HistoryBeforeRow
-- Returns a page of a chat's history: the 50 messages before a given one, newest first.
--
-- Parameters: user_id uuid (the reader), chat_id uuid, before_id uuid (the oldest message shown so far;
--   ffffffff-ffff-ffff-ffff-ffffffffffff for the newest page)
-- Returns: at most 50 rows of messages; none when the reader is not an active member.
-- Nullable: sender_id, reply_to_id, edited_at, deleted_at
-- Indexes: chat_participants_*, messages_chat_id_id_key
-- Pages: 200
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
    AND id < CAST(:before_id AS uuid)
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
            AND user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
    )
ORDER BY id DESC
LIMIT 50;
