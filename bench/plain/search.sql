-- Plain: search the messages of a user's chats, newest first.
SELECT
    messages.chat_id,
    messages.id AS message_id,
    messages.sender_id,
    messages.content,
    messages.created_at
FROM messages
JOIN chat_participants USING (chat_id)
WHERE chat_participants.user_id = CAST(:user_id AS uuid)
    AND chat_participants.left_at IS NULL
    AND messages.words @@ websearch_to_tsquery('pg_catalog.english', CAST(:words AS text))
    AND NOT messages.is_deleted
ORDER BY messages.created_at DESC
LIMIT 50;
