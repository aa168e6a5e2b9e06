-- The rows that show a rule of kept_by_the_application.toml broken, by what tells them apart.
--
-- A time is when a transaction or a statement began, not when it was committed: who leaves while a message is sent may
-- have left first by the clock. A minute between two times says that no such race explains them.

-- name: members()
-- Those who have joined again since cannot be told apart.
SELECT
    chat_id,
    id AS message_id,
    user_id
FROM messages
JOIN chat_participants USING (chat_id)
WHERE user_id = sender_id
    AND messages.created_at > left_at + interval '1 min'
UNION ALL
SELECT
    chat_id,
    message_id,
    user_id
FROM message_reactions
JOIN chat_participants USING (chat_id, user_id)
WHERE message_reactions.created_at > left_at + interval '1 min';

-- name: blocks()
SELECT
    chat_id,
    messages.id AS message_id
FROM contacts
JOIN chats ON type = 'direct'
    AND slug = format('direct-%s-%s', LEAST(user_id, contact_id), GREATEST(user_id, contact_id))
JOIN messages ON chat_id = chats.id
    AND sender_id = contact_id
WHERE messages.created_at > blocked_at + interval '1 min';

-- name: contacts()
SELECT
    one.user_id,
    one.contact_id
FROM contacts AS one
JOIN contacts AS other ON other.user_id = one.contact_id
    AND other.contact_id = one.user_id
WHERE one.status <> other.status
    AND one.blocked_at IS NULL
    AND other.blocked_at IS NULL;

-- name: direct_pair()
-- Who is there and should not be, and who of the two is not there. A purged user is in no chat.
WITH pair AS (
    SELECT
        id AS chat_id,
        person
    FROM chats
    CROSS JOIN LATERAL (VALUES (substr(slug, 8, 36)), (substr(slug, 45, 36))) AS people (person)
    WHERE type = 'direct'
)
SELECT
    chat_id,
    user_id
FROM chat_participants
JOIN chats ON chats.id = chat_id
WHERE type = 'direct'
    AND user_id::text NOT IN (substr(slug, 8, 36), substr(slug, 45, 36))
UNION ALL
SELECT
    chat_id,
    users.id
FROM pair
JOIN users ON users.id::text = person
WHERE NOT EXISTS (
    SELECT
    FROM chat_participants
    WHERE chat_participants.chat_id = pair.chat_id
        AND user_id = users.id
);

-- name: group_size()
SELECT chat_id
FROM chat_participants
JOIN chats ON chats.id = chat_id
WHERE type = 'group'
    AND left_at IS NULL
GROUP BY chat_id
HAVING count(*) > 300;

-- name: roles()
-- An owner who has just left is followed in another transaction.
SELECT chat_id
FROM chat_participants
JOIN chats ON chats.id = chat_id
WHERE type = 'group'
    AND NOT is_deleted
GROUP BY chat_id
HAVING bool_or(left_at IS NULL)
    AND NOT bool_or(role = 'owner')
    AND COALESCE(max(left_at) < clock_timestamp() - interval '1 min', true);

-- name: receipts()
-- A receipt of one's own; an unread row of what was read; and of who was there before and still is, no receipt, or no
-- unread row of what they have not read. Who has left has their unread rows taken away without reading.
-- Receipts are counted first: a look for each costs three times as much, and is left to the messages with another number.
WITH due AS (
    SELECT
        messages.id AS message_id,
        count(*) AS members
    FROM messages
    JOIN chat_participants USING (chat_id)
    WHERE left_at IS NULL
        AND joined_at < messages.created_at - interval '1 min'
        AND (user_id <> sender_id OR content_type = 'system')
    GROUP BY messages.id
),
counted AS (
    SELECT
        message_id,
        count(*) FILTER (WHERE user_id = sender_id) AS own,
        count(*) FILTER (
            WHERE left_at IS NULL
                AND joined_at < messages.created_at - interval '1 min'
                AND (user_id <> sender_id OR content_type = 'system')
        ) AS receipts
    FROM message_delivery
    JOIN chat_participants USING (chat_id, user_id)
    JOIN messages ON messages.id = message_id
    GROUP BY message_id
),
wrong AS (
    SELECT messages.*
    FROM due
    FULL JOIN counted USING (message_id)
    JOIN messages ON messages.id = message_id
    WHERE own > 0
        OR members > COALESCE(receipts, 0)
)
SELECT
    wrong.chat_id,
    message_id,
    user_id
FROM wrong
JOIN message_delivery ON message_id = wrong.id
    AND user_id = sender_id
UNION ALL
SELECT
    wrong.chat_id,
    wrong.id,
    user_id
FROM wrong
JOIN chat_participants USING (chat_id)
WHERE left_at IS NULL
    AND joined_at < wrong.created_at - interval '1 min'
    AND (user_id <> sender_id OR content_type = 'system')
    AND NOT EXISTS (
        SELECT
        FROM message_delivery
        WHERE message_id = wrong.id
            AND message_delivery.user_id = chat_participants.user_id
    )
UNION ALL
SELECT
    chat_id,
    message_id,
    user_id
FROM unread_messages
JOIN message_delivery USING (chat_id, message_id, user_id)
WHERE status = 'read'
UNION ALL
SELECT
    chat_id,
    message_id,
    user_id
FROM message_delivery
JOIN chat_participants USING (chat_id, user_id)
WHERE status <> 'read'
    AND left_at IS NULL
    AND joined_at < message_delivery.created_at - interval '1 min'
    AND NOT EXISTS (
        SELECT
        FROM unread_messages
        WHERE unread_messages.chat_id = message_delivery.chat_id
            AND unread_messages.message_id = message_delivery.message_id
            AND unread_messages.user_id = message_delivery.user_id
    );

-- name: files()
SELECT id
FROM messages
WHERE content_type = 'image'
    AND NOT is_deleted
    AND NOT EXISTS (
        SELECT
        FROM attachments
        WHERE message_id = messages.id
    );

-- name: file_keys()
-- The keys of a file are those of no other: deleting the one would delete them.
WITH keys AS (
    SELECT
        id,
        key
    FROM attachments
    CROSS JOIN LATERAL (VALUES (storage_key), (medium_key), (thumbnail_key)) AS columns (key)
    WHERE key IS NOT NULL
),
shared AS (
    SELECT key
    FROM keys
    GROUP BY key
    HAVING count(DISTINCT id) > 1
)
SELECT DISTINCT id
FROM keys
JOIN shared USING (key);

-- name: deleted()
SELECT
    'user_sessions' AS "table",
    user_sessions.id
FROM user_sessions
JOIN users ON users.id = user_id
WHERE user_sessions.created_at > deleted_at + interval '1 min'
UNION ALL
SELECT
    'messages',
    messages.id
FROM messages
JOIN chats ON chats.id = chat_id
WHERE messages.created_at > chats.deleted_at + interval '1 min';

-- name: times()
-- What is later than the server's clock, by all that the server sets; and a session that is good for more than a year.
WITH latest AS (
    SELECT
        'users' AS "table",
        id,
        GREATEST(last_seen_at, created_at, updated_at, deleted_at) AS latest
    FROM users
    UNION ALL
    SELECT
        'contacts',
        user_id,
        GREATEST(created_at, accepted_at, blocked_at)
    FROM contacts
    UNION ALL
    SELECT
        'chats',
        id,
        GREATEST(created_at, updated_at, deleted_at)
    FROM chats
    UNION ALL
    SELECT
        'chat_participants',
        chat_id,
        GREATEST(joined_at, left_at, pinned_at)
    FROM chat_participants
    UNION ALL
    SELECT
        'messages',
        id,
        GREATEST(created_at, edited_at, deleted_at)
    FROM messages
    UNION ALL
    SELECT
        'attachments',
        id,
        created_at
    FROM attachments
    UNION ALL
    SELECT
        'message_reactions',
        message_id,
        created_at
    FROM message_reactions
    UNION ALL
    SELECT
        'message_delivery',
        message_id,
        GREATEST(created_at, delivered_at, read_at)
    FROM message_delivery
    UNION ALL
    SELECT
        'unread_messages',
        message_id,
        created_at
    FROM unread_messages
    UNION ALL
    SELECT
        'user_sessions',
        id,
        GREATEST(last_activity_at, created_at, revoked_at)
    FROM user_sessions
)
SELECT
    "table",
    id
FROM latest
WHERE latest > clock_timestamp() + interval '1 min'
UNION ALL
SELECT
    'user_sessions',
    id
FROM user_sessions
WHERE expires_at > created_at + interval '1 year';
