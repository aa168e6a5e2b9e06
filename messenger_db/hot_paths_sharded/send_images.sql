/* @name send_images */
-- name: send_images(chat_id, sender_id, message_id, content, metadata, reply_to_id, files)^
-- record_class: SendImagesRow
-- Sends pictures to a chat, with or without a caption: like send_message, with a row for each file, in one statement.
-- Store the files in the object store first. Safe to repeat with the same message id.
--
-- Parameters: message_id uuid (made by the client; NULL lets the server make one), chat_id uuid, sender_id uuid,
--   content text (the caption; empty for none), metadata jsonb, reply_to_id uuid (NULL for none), files jsonb (one to
--   five objects in their order, each with file_name, file_type, file_size, storage_key, checksum_sha256 in
--   hexadecimal, and what is known of medium_key, thumbnail_key, width, height, blurhash)
-- Returns: as send_message.
-- Nullable: message_id, created_at
-- Indexes: chats_pkey, chat_participants_*, contacts_pkey, message_delivery_pkey
-- Pages: 80 + 35 a recipient + 40 a file
-- Locks: as send_message, then the files' new rows.
-- Errors: as send_message. 23505 attachments_storage_key_key: the file belongs to another message; 23514, 22001, 23502:
--   a rule of attachments was violated; the constraint or column is named; do not retry.
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
        'image',
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
files AS (
    INSERT INTO attachments (
        chat_id,
        message_id,
        position,
        file_name,
        file_type,
        file_size,
        storage_key,
        medium_key,
        thumbnail_key,
        width,
        height,
        blurhash,
        checksum_sha256
    )
    SELECT
        message.chat_id,
        message.id,
        file.position,
        file.file_name,
        file.file_type,
        file.file_size,
        file.storage_key,
        file.medium_key,
        file.thumbnail_key,
        file.width,
        file.height,
        file.blurhash,
        decode(file.checksum_sha256, 'hex')
    FROM message
    CROSS JOIN ROWS FROM (
        jsonb_to_recordset(CAST(:files AS jsonb)) AS (
            file_name text,
            file_type text,
            file_size integer,
            storage_key text,
            medium_key text,
            thumbnail_key text,
            width integer,
            height integer,
            blurhash text,
            checksum_sha256 text
        )
    ) WITH ORDINALITY AS file (
        file_name,
        file_type,
        file_size,
        storage_key,
        medium_key,
        thumbnail_key,
        width,
        height,
        blurhash,
        checksum_sha256,
        position
    )
    WHERE message.is_new
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
