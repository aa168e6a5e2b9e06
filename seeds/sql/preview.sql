-- The chats that the preview shows.

-- name: person()
-- The person whose chats are shown: of those with unread messages, the one who has written in the most chats.
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
    EXISTS (
        SELECT
        FROM unread_messages
        WHERE unread_messages.user_id = users.id
    ) DESC,
    count(DISTINCT messages.chat_id) DESC,
    count(*) DESC,
    users.id
LIMIT 1;

-- name: chats(person, chats)
-- The chats at the top of a person's list: pinned chats, then those with the newest messages.
SELECT
    chats.id::text AS id,
    type,
    COALESCE(name, nickname, other.display_name, other.username) AS name,
    other.status AS status,
    CASE WHEN other.avatar_url IS NOT NULL THEN other.id::text END AS face,
    members.names,
    mine.pinned_at IS NOT NULL AS is_pinned,
    COALESCE(mine.muted_until > CURRENT_TIMESTAMP, false) AS is_muted,
    (
        SELECT count(*)
        FROM unread_messages
        WHERE unread_messages.user_id = mine.user_id
            AND unread_messages.chat_id = chats.id
    ) AS unread
FROM chat_participants AS mine
JOIN chats ON chats.id = mine.chat_id
CROSS JOIN LATERAL (
    SELECT id
    FROM messages
    WHERE chat_id = chats.id
    ORDER BY id DESC
    LIMIT 1
) AS newest
CROSS JOIN LATERAL (
    SELECT array_agg(COALESCE(display_name, username) ORDER BY role = 'owner' DESC, joined_at, users.id) AS names
    FROM chat_participants
    JOIN users ON users.id = user_id
    WHERE chat_id = chats.id
        AND left_at IS NULL
) AS members
LEFT JOIN chat_participants AS theirs
    ON type = 'direct'
    AND theirs.chat_id = chats.id
    AND theirs.user_id <> mine.user_id
LEFT JOIN users AS other ON other.id = theirs.user_id
LEFT JOIN contacts ON contacts.user_id = mine.user_id AND contacts.contact_id = other.id
WHERE mine.user_id = :person
    AND mine.left_at IS NULL
    AND NOT chats.is_deleted
ORDER BY
    is_pinned DESC,
    newest.id DESC
LIMIT :chats;

-- name: messages(person, chats, messages)
-- The last messages of some chats, oldest first, with everything that is shown with them. Times are UTC.
SELECT
    message.chat_id::text AS chat_id,
    COALESCE(message.sender_id = :person, false) AS is_mine,
    message.sender_id::text AS sender_id,
    COALESCE(sender.display_name, sender.username) AS sender,
    CASE WHEN sender.avatar_url IS NOT NULL THEN sender.id::text END AS face,
    message.content,
    message.content_type,
    message.is_edited,
    message.is_deleted,
    message.created_at AT TIME ZONE 'UTC' AS sent_at,
    CASE
        WHEN answered.id IS NOT NULL THEN jsonb_build_object(
            'sender', COALESCE(answered_sender.display_name, answered_sender.username),
            'is_mine', COALESCE(answered.sender_id = :person, false),
            'content', left(answered.content, 200),
            'content_type', answered.content_type,
            'is_deleted', answered.is_deleted
        )
    END AS answered,
    reactions.emoji AS reactions,
    pictures.files,
    receipts.recipients,
    receipts.delivered,
    receipts.read,
    EXISTS (
        SELECT
        FROM unread_messages
        WHERE user_id = :person
            AND unread_messages.chat_id = message.chat_id
            AND message_id = message.id
    ) AS is_unread
FROM unnest(:chats::uuid[]) AS chat (id)
CROSS JOIN LATERAL (
    SELECT *
    FROM messages
    WHERE chat_id = chat.id
    ORDER BY messages.id DESC
    LIMIT :messages
) AS message
LEFT JOIN users AS sender ON sender.id = message.sender_id
LEFT JOIN messages AS answered ON answered.id = message.reply_to_id
LEFT JOIN users AS answered_sender ON answered_sender.id = answered.sender_id
CROSS JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('emoji', emoji, 'people', people) ORDER BY people DESC, emoji) AS emoji
    FROM (
        SELECT
            emoji,
            count(*) AS people
        FROM message_reactions
        WHERE message_id = message.id
        GROUP BY emoji
    ) AS counted
) AS reactions
CROSS JOIN LATERAL (
    SELECT jsonb_agg(
        jsonb_build_object('name', file_name, 'bytes', file_size, 'width', width, 'height', height) ORDER BY position
    ) AS files
    FROM attachments
    WHERE message_id = message.id
) AS pictures
CROSS JOIN LATERAL (
    SELECT
        count(*) AS recipients,
        count(delivered_at) AS delivered,
        count(read_at) AS read
    FROM message_delivery
    WHERE message_id = message.id
) AS receipts
ORDER BY
    message.chat_id,
    message.id;
