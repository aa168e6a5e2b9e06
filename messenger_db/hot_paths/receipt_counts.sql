/* @name receipt_counts */
-- name: receipt_counts(message_ids, chat_id, user_id)
-- record_class: ReceiptCountsRow
-- The ticks under a page of messages: how many have got each, and how many have read it. read_receipts says who.
--
-- Parameters: user_id uuid (the reader), chat_id uuid, message_ids uuid[] (the messages of the page: the reader's own)
-- Returns: a row for each message that has recipients: message_id, recipients, delivered (read ones included), read;
--   none when the reader is not an active member.
-- Nullable: none
-- Indexes: chat_participants_*, message_delivery_pkey
-- Pages: 15 + 4 a message + 1 a receipt
-- Locks: none.
-- Errors: none to retry.
SELECT
    message_id,
    CAST(count(*) AS integer) AS recipients,
    CAST(count(delivered_at) AS integer) AS delivered,
    CAST(count(read_at) AS integer) AS read
FROM message_delivery
WHERE message_id = ANY (CAST(:message_ids AS uuid[]))
    AND chat_id = CAST(:chat_id AS uuid)
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
            AND chat_participants.user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
    )
GROUP BY message_id
ORDER BY message_id;
