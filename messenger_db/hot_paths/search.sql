-- Searches the messages of all chats in which the user is active, newest first.
--
-- Parameters: user_id uuid, words text (as typed: "a phrase", -not, or), before_id uuid (the oldest message found so far;
--   ffffffff-ffff-ffff-ffff-ffffffffffff for the first page)
-- Returns: at most 50 rows: chat_id, message_id, sender_id, content, created_at; none when words holds only stop words.
-- Indexes: chat_participants_*, messages_content_chat_id_search_idx
-- Pages: 40 + 2 a chat + 2 a message found
-- Locks: none.
-- Errors: none to retry.
WITH query AS MATERIALIZED (
    SELECT
        -- Each chat's id is a lexeme of its messages.
        websearch_to_tsquery('pg_catalog.english', :words::text)
        && string_agg(quote_literal(chat_id::text), '|')::tsquery AS within_chats
    FROM chat_participants
    WHERE user_id = :user_id::uuid
        AND left_at IS NULL
        -- Without words the chats alone would match everything.
        AND numnode(websearch_to_tsquery('pg_catalog.english', :words::text)) > 0
),
found AS MATERIALIZED (
    -- Fenced: with the ORDER BY in sight, all messages could be walked from the newest on until 50 match.
    SELECT
        chat_id,
        id,
        sender_id,
        content,
        created_at
    FROM messages
    WHERE content_type = 'text'
        AND NOT is_deleted
        AND (to_tsvector('pg_catalog.english', content) || array_to_tsvector(ARRAY[chat_id::text]))
            @@ (SELECT within_chats FROM query)
)
SELECT
    chat_id,
    id AS message_id,
    sender_id,
    content,
    created_at
FROM found
WHERE id < :before_id::uuid
ORDER BY id DESC
LIMIT 50;
