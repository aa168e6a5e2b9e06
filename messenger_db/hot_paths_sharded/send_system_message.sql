/* @name send_system_message */
-- name: send_system_message(chat_id, message_id, content, metadata)^
-- record_class: SendSystemMessageRow
-- Stores a notice without a sender in a chat, such as that a user joined, with a receipt and an unread row for each active
-- member. Safe to repeat with the same message id.
--
-- Parameters: message_id uuid (NULL lets the server make one), chat_id uuid, content text, metadata jsonb (what
--   happened, for clients that show it in their own language)
-- Returns: one row. outcome is 'sent'; 'repeated' (stored before in this chat); 'id_taken' (by another message, nothing
--   stored); or 'no_chat' (the chat does not exist or is deleted; nothing stored). message_id, created_at, and recipients
--   uuid[]: the users to notify.
-- Nullable: message_id, created_at
-- Indexes: chats_pkey, chat_participants_*, message_delivery_pkey
-- Pages: 80 + 35 a recipient
-- Locks: as send_message.
-- Errors: 23514: a rule of messages was violated; the constraint is named; do not retry. 40P01: retry.
WITH chat AS (
    SELECT id
    FROM chats
    WHERE id = CAST(:chat_id AS uuid)
        AND NOT is_deleted
    FOR KEY SHARE
),
members AS MATERIALIZED (
    SELECT user_id
    FROM chat_participants
    WHERE chat_id = CAST(:chat_id AS uuid)
        AND EXISTS (SELECT FROM chat)
        AND left_at IS NULL
    ORDER BY user_id
    FOR KEY SHARE
),
-- DO UPDATE, not DO NOTHING: it sees a message that was committed after this statement began. It changes nothing.
message AS (
    INSERT INTO messages (
        id,
        chat_id,
        content,
        content_type,
        metadata
    )
    SELECT
        COALESCE(CAST(:message_id AS uuid), uuid_v7()),
        CAST(:chat_id AS uuid),
        CAST(:content AS text),
        'system',
        CAST(:metadata AS jsonb)
    FROM chat
    -- The members are locked before anything is written.
    WHERE (SELECT count(*) FROM members) >= 0
    ON CONFLICT (chat_id, id) DO UPDATE
    SET is_edited = messages.is_edited
    WHERE messages.content_type = 'system'
    -- A row that was inserted has no xmax; one that was there already was locked, and carries the lock.
    RETURNING
        id,
        chat_id,
        created_at,
        xmax = 0 AS is_new
),
receipts AS (
    INSERT INTO message_delivery (chat_id, message_id, user_id)
    SELECT
        message.chat_id,
        message.id,
        members.user_id
    FROM message
    CROSS JOIN members
    WHERE message.is_new
    RETURNING
        chat_id,
        message_id,
        user_id
),
unread AS (
    INSERT INTO unread_messages (chat_id, message_id, user_id)
    SELECT
        chat_id,
        message_id,
        user_id
    FROM receipts
)
SELECT
    CASE
        WHEN message.is_new THEN 'sent'
        WHEN NOT message.is_new THEN 'repeated'
        WHEN EXISTS (SELECT FROM chat) THEN 'id_taken'
        ELSE 'no_chat'
    END AS outcome,
    message.id AS message_id,
    message.created_at,
    ARRAY(
        SELECT user_id
        FROM receipts
        UNION ALL
        SELECT user_id
        FROM message_delivery
        WHERE chat_id = CAST(:chat_id AS uuid)
            AND message_id = (SELECT id FROM message WHERE NOT is_new)
    ) AS recipients
FROM (SELECT) AS always
LEFT JOIN message ON true;
