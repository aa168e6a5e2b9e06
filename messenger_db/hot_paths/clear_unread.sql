/* @name clear_unread */
-- name: clear_unread(user_id, chat_id)^
-- Takes the unread rows of a chat away without reading them: the receipts stay as they are. Behind leave_chat in one
-- transaction.
--
-- Parameters: user_id uuid, chat_id uuid
-- Returns: one row: forgotten, how many they were.
-- Indexes: unread_messages_pkey, message_delivery_pkey
-- Pages: 20 + 15 an unread message
-- Locks: the receipts NO KEY UPDATE in key order, then their unread rows.
-- Errors: 40P01: retry the transaction.
WITH unread AS MATERIALIZED (
    -- Fenced, and joined without the chat: else an index of the user's receipts may be taken, and his whole history read.
    SELECT
        message_id,
        user_id
    FROM unread_messages
    WHERE user_id = CAST(:user_id AS uuid)
        AND chat_id = CAST(:chat_id AS uuid)
),
receipts AS MATERIALIZED (
    SELECT
        message_delivery.chat_id,
        message_delivery.message_id,
        message_delivery.user_id
    FROM unread
    JOIN message_delivery USING (message_id, user_id)
    ORDER BY message_delivery.message_id
    FOR NO KEY UPDATE OF message_delivery
),
removed AS (
    DELETE FROM unread_messages
    USING receipts
    WHERE unread_messages.user_id = receipts.user_id
        AND unread_messages.chat_id = receipts.chat_id
        AND unread_messages.message_id = receipts.message_id
    RETURNING unread_messages.message_id
)
SELECT count(*) AS forgotten
FROM removed;
