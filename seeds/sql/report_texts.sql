-- The texts in the order of time, or a sample of the messages that is the same each time.
SELECT
    chats.type AS kind,
    content
FROM messages TABLESAMPLE BERNOULLI (%(percent)s) REPEATABLE (1)
JOIN chats ON chats.id = chat_id
WHERE content_type = 'text'
    AND NOT messages.is_deleted
ORDER BY messages.id
