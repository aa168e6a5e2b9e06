/* @name send_message */
-- name: send_message(chat_id, sender_id, message_id, content, content_type, metadata, reply_to_id)^
-- record_class: SendMessageRow
-- Sends a message to a chat: stores the message, and a receipt and an unread row for each other active member, in one
-- round trip. Safe to repeat with the same message id.
--
-- Parameters: message_id uuid (made by the client; NULL lets the server make one), chat_id uuid, sender_id uuid,
--   content text, content_type text (text or image), metadata jsonb, reply_to_id uuid (NULL for none)
-- Returns: one row. outcome is 'sent'; 'repeated' (stored before, by this sender in this chat); 'id_taken' (by another
--   message, nothing stored); 'blocked' (in a direct chat, by the other one; nothing stored now); or 'not_a_member' (the
--   sender is not an active member, or the chat is deleted; nothing stored). message_id, created_at, and recipients
--   uuid[]: the users to notify.
-- Nullable: message_id, created_at
-- Indexes: chats_pkey, chat_participants_*, contacts_pkey, message_delivery_pkey
-- Pages: 80 + 35 a recipient
-- Locks: the chat and its active members KEY SHARE, then the new rows. The members are locked in key order before
--   anything is written: a user who leaves or is purged meanwhile is either waited for and left out, or waits.
-- Errors: 23503 messages_chat_id_reply_to_id_fkey: the message replied to is not in this chat, or is gone; do not retry.
--   23514: a rule of messages was violated; the constraint is named, such as messages_id_near_created_at for an id that
--   is more than a minute ahead of the server's clock; do not retry. 40P01: retry.
WITH chat AS (
    SELECT
        id,
        type
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
-- Checked only in direct chats: in a group, users continue to read messages of those whom they have blocked.
blockers AS MATERIALIZED (
    SELECT contacts.user_id
    FROM chat
    CROSS JOIN members
    JOIN contacts ON contacts.user_id = members.user_id
        AND contacts.contact_id = CAST(:sender_id AS uuid)
        -- Not by status: the planner would take an index of all blocked users for as good as the key.
        AND contacts.blocked_at IS NOT NULL
    WHERE chat.type = 'direct'
),
-- DO UPDATE, not DO NOTHING: it sees a message that was committed after this statement began. It changes nothing.
message AS (
    INSERT INTO messages (
        id,
        chat_id,
        sender_id,
        content,
        content_type,
        metadata,
        reply_to_id
    )
    SELECT
        COALESCE(CAST(:message_id AS uuid), uuid_v7()),
        CAST(:chat_id AS uuid),
        CAST(:sender_id AS uuid),
        CAST(:content AS text),
        CAST(:content_type AS text),
        CAST(:metadata AS jsonb),
        CAST(:reply_to_id AS uuid)
    WHERE (SELECT bool_or(user_id = CAST(:sender_id AS uuid)) FROM members)
        AND NOT EXISTS (SELECT FROM blockers)
    ON CONFLICT (chat_id, id) DO UPDATE
    SET is_edited = messages.is_edited
    WHERE messages.sender_id = excluded.sender_id
    -- A row that was inserted has no xmax; one that was there already was locked, and carries the lock.
    RETURNING
        id,
        chat_id,
        sender_id,
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
        AND members.user_id <> message.sender_id
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
        WHEN (SELECT bool_or(user_id = CAST(:sender_id AS uuid)) FROM members) IS NOT TRUE THEN 'not_a_member'
        WHEN EXISTS (SELECT FROM blockers) THEN 'blocked'
        ELSE 'id_taken'
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
