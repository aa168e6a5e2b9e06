-- Plain: forget what is unread in a chat that was left.
DELETE FROM unread_messages
WHERE user_id = :user_id::uuid
    AND chat_id = :chat_id::uuid;
