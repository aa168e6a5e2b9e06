-- Messages of a chat with a word.
SELECT 1
FROM messages
WHERE
    content_type = 'text'
    AND NOT is_deleted
    AND (to_tsvector('pg_catalog.english', content) || array_to_tsvector(ARRAY[chat_id::text]))
    @@ '''hello'' & ''00000000-0000-0000-0000-00000000000b'''::tsquery
