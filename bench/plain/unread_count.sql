-- Plain: unread messages of a chat.
SELECT count(*) AS unread
FROM unread_messages
WHERE user_id = :user_id::uuid
    AND chat_id = :chat_id::uuid;
