/* @name mark_read */
-- name: mark_read(user_id, chat_id, up_to_id)
-- record_class: MarkReadRow
-- Marks a chat as read up to a given message, and deletes the unread rows of those messages.
--
-- Parameters: user_id uuid (the reader), chat_id uuid, up_to_id uuid (the newest message on the screen)
-- Returns: a row for each message read now: message_id, read_at. Notify the sender of each message.
-- Nullable: none
-- Indexes: unread_messages_pkey, message_delivery_pkey
-- Pages: 20 + 20 a message read
-- Locks: the receipts NO KEY UPDATE in key order, then their unread rows. All who delete unread rows hold the receipts.
-- Errors: 40P01: retry.
WITH unread AS MATERIALIZED (
    -- Fenced, and joined without the chat: else an index of the user's receipts may be taken, and their whole history read.
    SELECT
        message_id,
        user_id
    FROM unread_messages
    WHERE user_id = CAST(:user_id AS uuid)
        AND chat_id = CAST(:chat_id AS uuid)
        AND message_id <= CAST(:up_to_id AS uuid)
),
receipts AS MATERIALIZED (
    SELECT
        message_delivery.message_id,
        message_delivery.user_id,
        statement_timestamp() AS now
    FROM unread
    JOIN message_delivery USING (message_id, user_id)
    WHERE message_delivery.chat_id = CAST(:chat_id AS uuid)
    ORDER BY message_delivery.message_id
    FOR NO KEY UPDATE OF message_delivery
),
marked AS (
    UPDATE message_delivery
    SET
        status = 'read',
        delivered_at = COALESCE(message_delivery.delivered_at, receipts.now),
        read_at = GREATEST(message_delivery.delivered_at, receipts.now)
    FROM receipts
    WHERE message_delivery.chat_id = CAST(:chat_id AS uuid)
        AND message_delivery.message_id = receipts.message_id
        AND message_delivery.user_id = receipts.user_id
        AND message_delivery.status <> 'read'
    RETURNING
        message_delivery.message_id,
        message_delivery.read_at
),
removed AS (
    DELETE FROM unread_messages
    USING receipts
    WHERE unread_messages.user_id = receipts.user_id
        AND unread_messages.chat_id = CAST(:chat_id AS uuid)
        AND unread_messages.message_id = receipts.message_id
)
SELECT
    message_id,
    read_at
FROM marked
ORDER BY message_id;
