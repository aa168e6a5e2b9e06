/* @name clear_unread */
-- name: clear_unread(user_id, chat_id)^
-- record_class: ClearUnreadRow
-- Takes the unread rows of a chat away without reading them: the receipts stay as they are. Behind leave_chat in one
-- transaction.
--
-- Parameters: user_id uuid, chat_id uuid
-- Returns: one row: forgotten, how many they were.
-- Nullable: none
-- Indexes: unread_messages_pkey
-- Pages: 20 + 10 an unread message
-- Locks: the unread rows in key order; mark_read, which holds their receipts, deletes them in the same order.
-- Errors: 40P01: retry the transaction.
WITH unread AS MATERIALIZED (
    SELECT
        user_id,
        chat_id,
        message_id
    FROM unread_messages
    WHERE user_id = CAST(:user_id AS uuid)
        AND chat_id = CAST(:chat_id AS uuid)
    ORDER BY message_id
    FOR UPDATE
),
removed AS (
    DELETE FROM unread_messages
    USING unread
    WHERE unread_messages.user_id = unread.user_id
        AND unread_messages.chat_id = unread.chat_id
        AND unread_messages.message_id = unread.message_id
    RETURNING unread_messages.message_id
)
SELECT CAST(count(*) AS integer) AS forgotten
FROM removed;
