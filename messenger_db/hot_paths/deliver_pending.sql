/* @name deliver_pending */
-- name: deliver_pending(user_id, max_messages)
-- record_class: DeliverPendingRow
-- Returns a user's undelivered messages, oldest first, and marks them as delivered. Run it when a device connects.
-- It looks at the receipts of all that the user has not read, as no index knows what is pending. A partial index does, but
-- each receipt that is delivered or read would change it and all other indexes: today 99 in 100 of those updates are HOT,
-- with it one in 100 was. Tried, by processor time: a tenth less here, a quarter more for mark_read, a little more for a
-- send, and no less for the mix of all calls.
--
-- Parameters: user_id uuid, max_messages integer (call again until fewer come)
-- Returns: a row for each message delivered now: chat_id, message_id, sender_id, content, content_type, metadata,
--   reply_to_id, edited_at, deleted_at, created_at, delivered_at.
-- Nullable: sender_id, reply_to_id, edited_at, deleted_at
-- Indexes: unread_messages_pkey, message_delivery_pkey, messages_chat_id_id_key
-- Pages: 20 + 20 an unread message
-- Locks: the receipts NO KEY UPDATE in key order.
-- Errors: 40P01: retry. A device that lost the answer gets these messages by history_after.
WITH unread AS MATERIALIZED (
    -- Fenced, and joined without the chat: else an index of the user's receipts may be taken, and their whole history read.
    SELECT
        message_id,
        user_id
    FROM unread_messages
    -- In a subquery: else a plan made for one user looks cheaper than one for all, and is made for each call.
    WHERE user_id = (SELECT CAST(:user_id AS uuid))
),
pending AS MATERIALIZED (
    SELECT
        message_delivery.message_id,
        message_delivery.user_id
    FROM unread
    JOIN message_delivery USING (message_id, user_id)
    WHERE message_delivery.status = 'pending'
    ORDER BY message_delivery.message_id
    LIMIT (SELECT CAST(:max_messages AS integer))
    FOR NO KEY UPDATE OF message_delivery
),
delivered AS (
    UPDATE message_delivery
    SET
        status = 'delivered',
        delivered_at = GREATEST(message_delivery.created_at, statement_timestamp())
    FROM pending
    WHERE message_delivery.message_id = pending.message_id
        AND message_delivery.user_id = pending.user_id
        AND message_delivery.status = 'pending'
    RETURNING
        message_delivery.chat_id,
        message_delivery.message_id,
        message_delivery.delivered_at
)
SELECT
    messages.chat_id,
    messages.id AS message_id,
    messages.sender_id,
    messages.content,
    messages.content_type,
    messages.metadata,
    messages.reply_to_id,
    messages.edited_at,
    messages.deleted_at,
    messages.created_at,
    delivered.delivered_at
FROM delivered
JOIN messages ON messages.chat_id = delivered.chat_id
    AND messages.id = delivered.message_id
ORDER BY messages.id;
