/* @name history_with_names */
-- name: history_with_names(chat_id, before_id, user_id)
-- record_class: HistoryWithNamesRow
-- Returns the page of history_before with the senders' names and the messages replied to: everything that a screen shows,
-- in one round trip.
--
-- Parameters: user_id uuid (the reader), chat_id uuid, before_id uuid (the oldest message shown so far;
--   ffffffff-ffff-ffff-ffff-ffffffffffff for the newest page)
-- Returns: at most 50 rows, newest first: what history_before returns, and sender_name, sender_avatar_url (NULL once
--   they were purged), reply_sender_id, reply_sender_name, reply_content (its first 100 characters),
--   reply_content_type; none when the reader is not an active member.
-- Nullable: sender_id, reply_to_id, edited_at, deleted_at, sender_name, sender_avatar_url, reply_sender_id,
--   reply_sender_name, reply_content, reply_content_type
-- Indexes: chat_participants_*, messages_*, users_pkey
-- Pages: 80 + 15 a message
-- Locks: none.
-- Errors: none to retry.
WITH page AS MATERIALIZED (
    SELECT
        id,
        sender_id,
        content,
        content_type,
        metadata,
        reply_to_id,
        edited_at,
        deleted_at,
        created_at
    FROM messages
    WHERE chat_id = CAST(:chat_id AS uuid)
        AND id < CAST(:before_id AS uuid)
        AND EXISTS (
            SELECT
            FROM chat_participants
            WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
                AND user_id = CAST(:user_id AS uuid)
                AND left_at IS NULL
        )
    ORDER BY id DESC
    LIMIT 50
)
SELECT
    page.id,
    page.sender_id,
    page.content,
    page.content_type,
    page.metadata,
    page.reply_to_id,
    page.edited_at,
    page.deleted_at,
    page.created_at,
    COALESCE(sender.display_name, sender.username) AS sender_name,
    sender.avatar_url AS sender_avatar_url,
    reply.sender_id AS reply_sender_id,
    COALESCE(reply_sender.display_name, reply_sender.username) AS reply_sender_name,
    left(reply.content, 100) AS reply_content,
    reply.content_type AS reply_content_type
FROM page
-- LIMIT keeps each a probe of the key: of few people a plan for all of them would read the whole table.
LEFT JOIN LATERAL (
    SELECT
        users.username,
        users.display_name,
        users.avatar_url
    FROM users
    WHERE users.id = page.sender_id
    LIMIT 1
) AS sender ON true
LEFT JOIN LATERAL (
    SELECT
        messages.sender_id,
        messages.content,
        messages.content_type
    FROM messages
    WHERE messages.chat_id = CAST(:chat_id AS uuid)
        AND messages.id = page.reply_to_id
    LIMIT 1
) AS reply ON true
LEFT JOIN LATERAL (
    SELECT
        users.username,
        users.display_name
    FROM users
    WHERE users.id = reply.sender_id
    LIMIT 1
) AS reply_sender ON true
ORDER BY page.id DESC;
