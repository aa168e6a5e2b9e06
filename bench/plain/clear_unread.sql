-- Plain: forget what is unread in a chat that was left.
DELETE FROM unread_messages
WHERE user_id = CAST(:user_id AS uuid)
    AND chat_id = CAST(:chat_id AS uuid);
