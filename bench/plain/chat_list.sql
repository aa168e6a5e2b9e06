-- Plain: the first page of a user's chats, with last message and unread count.
SELECT
    chats.id AS chat_id,
    chats.type,
    chats.name,
    chats.slug,
    chats.avatar_url,
    chat_participants.pinned_at IS NOT NULL AS is_pinned,
    chat_participants.muted_until,
    newest.*,
    (
        SELECT count(*)
        FROM unread_messages
        WHERE unread_messages.user_id = chat_participants.user_id
            AND unread_messages.chat_id = chats.id
    ) AS unread
FROM chat_participants
JOIN chats ON chats.id = chat_participants.chat_id
LEFT JOIN LATERAL (
    SELECT
        messages.id AS message_id,
        messages.sender_id,
        left(messages.content, 200) AS content,
        messages.content_type,
        messages.deleted_at,
        messages.created_at
    FROM messages
    WHERE messages.chat_id = chats.id
    ORDER BY messages.created_at DESC
    LIMIT 1
) AS newest ON true
WHERE chat_participants.user_id = CAST(:user_id AS uuid)
    AND chat_participants.left_at IS NULL
    AND NOT chats.is_deleted
ORDER BY
    is_pinned DESC,
    newest.created_at DESC NULLS LAST
LIMIT 50;
