/* @name clear_unread */
-- name: clear_unread(user_id, chat_id)^
-- record_class: ClearUnreadRow
-- Deletes a user's unread rows of a chat without marking the messages as read. Receipts that are still pending go too: what
-- never reached the user now never will, and deliver_pending would look at them each time. The others do not change. Run
-- it after leave_chat or remove_member, in the same transaction.
--
-- Parameters: user_id uuid, chat_id uuid
-- Returns: one row: forgotten, the number of unread rows.
-- Nullable: none
-- Indexes: unread_messages_pkey, message_delivery_pkey
-- Pages: 20 + 20 an unread message
-- Locks: the pending receipts FOR UPDATE in key order, then the unread rows, as the key's index has them in order;
--   mark_read, which holds their receipts, deletes them in the same order.
-- Errors: 40P01: retry the transaction.
WITH unread AS MATERIALIZED (
    -- Fenced, and joined without the chat: else an index of the user's receipts may be taken, and their whole history read.
    SELECT
        message_id,
        user_id
    FROM unread_messages
    WHERE user_id = CAST(:user_id AS uuid)
        AND chat_id = CAST(:chat_id AS uuid)
),
pending AS MATERIALIZED (
    SELECT
        message_delivery.message_id,
        message_delivery.user_id
    FROM unread
    JOIN message_delivery USING (message_id, user_id)
    WHERE message_delivery.chat_id = CAST(:chat_id AS uuid)
        AND message_delivery.delivered_at IS NULL
    ORDER BY message_delivery.message_id
    FOR UPDATE OF message_delivery
),
undelivered AS (
    DELETE FROM message_delivery
    USING pending
    WHERE message_delivery.chat_id = CAST(:chat_id AS uuid)
        AND message_delivery.message_id = pending.message_id
        AND message_delivery.user_id = pending.user_id
    RETURNING message_delivery.message_id
),
removed AS (
    DELETE FROM unread_messages
    WHERE user_id = CAST(:user_id AS uuid)
        AND chat_id = CAST(:chat_id AS uuid)
        -- Always true: it holds the receipts first.
        AND (SELECT count(*) FROM undelivered) >= 0
    RETURNING message_id
)
SELECT CAST(count(*) AS integer) AS forgotten
FROM removed;
