-- Plain: unread messages of a chat.
SELECT count(*) AS unread
FROM unread_messages
WHERE user_id = CAST(:user_id AS uuid)
    AND chat_id = CAST(:chat_id AS uuid);
