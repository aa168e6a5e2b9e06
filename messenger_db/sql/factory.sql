-- The rows that messenger_factory makes.

-- name: user(id, username, display_name, password_hash)
INSERT INTO users (
    id,
    username,
    display_name,
    password_hash
) VALUES (
    :id,
    :username,
    :display_name,
    :password_hash
)
RETURNING created_at;

-- name: session(id, user_id, token_hash)
INSERT INTO user_sessions (
    id,
    user_id,
    token_hash,
    device_type,
    expires_at
) VALUES (
    :id,
    :user_id,
    :token_hash,
    'web',
    CURRENT_TIMESTAMP + INTERVAL '30 days'
)
RETURNING
    created_at,
    expires_at;

-- name: chat(id, type, name, slug, members)
-- The first member of a group owns it and has made it; each of a direct chat's is a member.
WITH chat AS (
    INSERT INTO chats (
        id,
        type,
        name,
        slug,
        created_by
    ) VALUES (
        :id,
        :type,
        :name,
        :slug,
        (:members::uuid[])[1]
    )
    RETURNING
        id,
        type,
        created_by,
        created_at
),
participants AS (
    INSERT INTO chat_participants (
        chat_id,
        user_id,
        role,
        added_by
    )
    SELECT
        chat.id,
        member.id,
        CASE WHEN chat.type = 'group' AND member.position = 1 THEN 'owner' ELSE 'member' END,
        CASE WHEN member.position > 1 THEN chat.created_by END
    FROM chat
    CROSS JOIN unnest(:members::uuid[]) WITH ORDINALITY AS member (id, position)
)
SELECT created_at
FROM chat;

-- name: message(chat_id, sender_id, content, reply_to_id)
WITH message AS (
    INSERT INTO messages (
        chat_id,
        sender_id,
        content,
        reply_to_id
    ) VALUES (
        :chat_id,
        :sender_id,
        :content,
        :reply_to_id
    )
    RETURNING
        id,
        chat_id,
        sender_id,
        created_at
),
receipts AS (
    INSERT INTO message_delivery (
        chat_id,
        message_id,
        user_id
    )
    SELECT
        message.chat_id,
        message.id,
        chat_participants.user_id
    FROM message
    JOIN chat_participants USING (chat_id)
    WHERE chat_participants.left_at IS NULL
        AND chat_participants.user_id <> message.sender_id
    RETURNING
        chat_id,
        message_id,
        user_id
),
unread AS (
    INSERT INTO unread_messages (
        chat_id,
        message_id,
        user_id
    )
    SELECT
        chat_id,
        message_id,
        user_id
    FROM receipts
)
SELECT
    id::text,
    created_at,
    ARRAY(SELECT user_id::text FROM receipts)
FROM message;

-- name: reaction(chat_id, message_id, user_id, emoji)
INSERT INTO message_reactions (
    chat_id,
    message_id,
    user_id,
    emoji
) VALUES (
    :chat_id,
    :message_id,
    :user_id,
    :emoji
)
RETURNING created_at;

-- name: attachment(id, chat_id, message_id, file_name, file_type, file_size, storage_key, width, height, checksum_sha256)
INSERT INTO attachments (
    id,
    chat_id,
    message_id,
    position,
    file_name,
    file_type,
    file_size,
    storage_key,
    width,
    height,
    checksum_sha256
)
SELECT
    :id,
    :chat_id,
    :message_id,
    coalesce(max(position), 0) + 1,
    :file_name,
    :file_type,
    :file_size,
    :storage_key,
    :width,
    :height,
    :checksum_sha256
FROM attachments
WHERE message_id = :message_id
RETURNING
    position,
    created_at;
