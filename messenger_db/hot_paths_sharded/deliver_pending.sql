/* @name deliver_pending */
-- name: deliver_pending(user_id, max_messages)
-- record_class: DeliverPendingRow
-- Returns a user's undelivered messages, oldest first, and marks them as delivered. Run it when a device connects. What it
-- takes depends on what is pending, not on how much the user has not read.
--
-- Parameters: user_id uuid, max_messages integer (call again until fewer come)
-- Returns: a row for each message delivered now: chat_id, message_id, sender_id, content, content_type, metadata,
--   reply_to_id, edited_at, deleted_at, created_at, delivered_at.
-- Nullable: sender_id, reply_to_id, edited_at, deleted_at
-- Indexes: message_delivery_user_id_is_pending_idx, unread_messages_pkey, message_delivery_pkey, messages_*
-- Pages: 20 + 30 a pending message
-- Locks: the receipts, on all nodes and without an order.
-- Errors: 40P01: retry. A device that lost the answer gets these messages by history_after.
WITH pending AS MATERIALIZED (
    SELECT
        message_delivery.chat_id,
        message_delivery.message_id,
        message_delivery.user_id
    FROM message_delivery
    JOIN unread_messages ON unread_messages.user_id = message_delivery.user_id
        AND unread_messages.chat_id = message_delivery.chat_id
        AND unread_messages.message_id = message_delivery.message_id
    WHERE message_delivery.user_id = CAST(:user_id AS uuid)
        AND message_delivery.delivered_at IS NULL
    ORDER BY message_delivery.message_id
    LIMIT CAST(:max_messages AS integer)
),
delivered AS (
    UPDATE message_delivery
    SET
        status = 'delivered',
        delivered_at = GREATEST(message_delivery.created_at, statement_timestamp())
    FROM pending
    WHERE message_delivery.chat_id = pending.chat_id
        AND message_delivery.message_id = pending.message_id
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
