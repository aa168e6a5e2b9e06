-- The last messages of some chats, oldest first, with all that is shown beside each. Times are UTC.
SELECT
    message.chat_id::text AS chat_id,
    COALESCE(message.sender_id = %(person)s, false) AS is_mine,
    message.sender_id::text AS sender_id,
    COALESCE(sender.display_name, sender.username) AS sender,
    message.content,
    message.content_type,
    message.is_edited,
    message.is_deleted,
    message.created_at AT TIME ZONE 'UTC' AS sent_at,
    CASE
        WHEN answered.id IS NOT NULL THEN jsonb_build_object(
            'sender', COALESCE(answered_sender.display_name, answered_sender.username),
            'is_mine', COALESCE(answered.sender_id = %(person)s, false),
            'content', left(answered.content, 200),
            'content_type', answered.content_type,
            'is_deleted', answered.is_deleted
        )
    END AS answered,
    reactions.emoji AS reactions,
    pictures.files,
    receipts.recipients,
    receipts.delivered,
    receipts.read,
    EXISTS (
        SELECT
        FROM unread_messages
        WHERE user_id = %(person)s
            AND unread_messages.chat_id = message.chat_id
            AND message_id = message.id
    ) AS is_unread
FROM unnest(%(chats)s::uuid[]) AS chat (id)
CROSS JOIN LATERAL (
    SELECT *
    FROM messages
    WHERE chat_id = chat.id
    ORDER BY messages.id DESC
    LIMIT %(messages)s
) AS message
LEFT JOIN users AS sender ON sender.id = message.sender_id
LEFT JOIN messages AS answered ON answered.id = message.reply_to_id
LEFT JOIN users AS answered_sender ON answered_sender.id = answered.sender_id
CROSS JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('emoji', emoji, 'people', people) ORDER BY people DESC, emoji) AS emoji
    FROM (
        SELECT
            emoji,
            count(*) AS people
        FROM message_reactions
        WHERE message_id = message.id
        GROUP BY emoji
    ) AS counted
) AS reactions
CROSS JOIN LATERAL (
    SELECT jsonb_agg(
        jsonb_build_object('name', file_name, 'bytes', file_size, 'width', width, 'height', height) ORDER BY position
    ) AS files
    FROM attachments
    WHERE message_id = message.id
) AS pictures
CROSS JOIN LATERAL (
    SELECT
        count(*) AS recipients,
        count(delivered_at) AS delivered,
        count(read_at) AS read
    FROM message_delivery
    WHERE message_id = message.id
) AS receipts
ORDER BY
    message.chat_id,
    message.id
