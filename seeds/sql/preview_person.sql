-- Through whose eyes: whoever has written in the most chats.
SELECT
    users.id::text AS id,
    COALESCE(display_name, username) AS name
FROM messages
JOIN chat_participants ON chat_participants.chat_id = messages.chat_id AND user_id = sender_id
JOIN users ON users.id = sender_id
WHERE left_at IS NULL
    AND users.deleted_at IS NULL
GROUP BY users.id
ORDER BY
    count(DISTINCT messages.chat_id) DESC,
    count(*) DESC,
    users.id
LIMIT 1
