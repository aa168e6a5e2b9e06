-- Plain: unread messages of a user, and in how many chats.
SELECT
    count(*) AS unread,
    count(DISTINCT chat_id) AS chats
FROM unread_messages
WHERE user_id = CAST(:user_id AS uuid);
