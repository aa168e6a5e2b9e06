-- What concurrent sends, reads, deliveries, leaving and purging must never leave behind. Each row says what, and how often.
SELECT
    'unread rows of somebody who left' AS what,
    count(*) AS times
FROM unread_messages
JOIN chat_participants USING (chat_id, user_id)
WHERE left_at IS NOT NULL
UNION ALL
SELECT
    'unread rows of what was read',
    count(*)
FROM unread_messages
JOIN message_delivery USING (chat_id, message_id, user_id)
WHERE status = 'read'
UNION ALL
-- Only who leaves has unread rows taken away without reading.
SELECT
    'receipts of what is neither read nor unread, of somebody who never left',
    count(*)
FROM message_delivery
LEFT JOIN unread_messages USING (chat_id, message_id, user_id)
WHERE status <> 'read'
    AND unread_messages.user_id IS NULL
    AND message_delivery.user_id = ANY (%(stay)s)
UNION ALL
SELECT
    'messages without the receipt of somebody who never left',
    count(*)
FROM messages
CROSS JOIN unnest(%(stay)s) AS stay (user_id)
WHERE stay.user_id IS DISTINCT FROM sender_id
    AND NOT EXISTS (
        SELECT
        FROM message_delivery
        WHERE message_id = messages.id
            AND message_delivery.user_id = stay.user_id
    )
    -- A purge takes the sender's name away, and with it the way to tell.
    AND messages.sender_id IS NOT NULL
UNION ALL
SELECT
    'messages that were sent and are gone',
    count(*)
FROM unnest(%(sent)s) AS sent (id)
WHERE NOT EXISTS (
    SELECT
    FROM messages
    WHERE id = sent.id
)
UNION ALL
SELECT
    'messages that nobody sent',
    count(*)
FROM messages
WHERE id <> ALL (%(sent)s)
UNION ALL
SELECT
    'users that were purged and are there',
    count(*)
FROM users
WHERE id = ANY (%(purged)s)
