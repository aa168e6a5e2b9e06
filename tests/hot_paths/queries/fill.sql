-- A messenger with as many messages as the setting fill.messages says. What user 1 has to do with stays of one size
-- while the rest grows: 100 chats, about 50 messages each, few of them unread. But chat 1 has a twentieth of all messages.
CREATE FUNCTION pg_temp.id(kind text, number bigint) RETURNS uuid
    LANGUAGE sql
    IMMUTABLE
    RETURN md5(kind || number)::uuid;

CREATE FUNCTION pg_temp.message_id(number bigint, created_at timestamptz) RETURNS uuid
    LANGUAGE sql
    IMMUTABLE
    RETURN (
        lpad(to_hex((extract(epoch FROM created_at) * 1000)::bigint), 12, '0')
        || '7000-8' || lpad(to_hex(number), 15, '0')
    )::uuid;

INSERT INTO users (id, username, password_hash, created_at)
SELECT
    pg_temp.id('user', number),
    'user_' || number,
    '$2b$12$' || repeat('a', 53),
    '2025-01-01'
FROM generate_series(1, current_setting('fill.messages')::integer / 100) AS number;

INSERT INTO user_sessions (id, user_id, token_hash, created_at, expires_at)
SELECT
    pg_temp.id('session', number),
    id,
    sha256(username::bytea),
    '2025-01-01',
    '2100-01-01'
FROM users
CROSS JOIN LATERAL (SELECT substr(username, 6)::integer AS number) AS numbers;

-- Chats 1 to 100 are user 1's. Chat 2 is the group of 300, every fiftieth one is a group of ten, the others have two members.
CREATE TEMPORARY TABLE members ON COMMIT DROP AS
SELECT
    chat,
    CASE WHEN chat <= 100 AND place = 1 THEN 1 ELSE 1 + (chat * 7 + place * (1 + chat * 100 / current_setting('fill.messages')::integer)) % (current_setting('fill.messages')::integer / 100) END AS person,
    place,
    CASE WHEN chat = 2 OR chat % 50 = 0 THEN 'group' ELSE 'direct' END AS type
FROM generate_series(1, current_setting('fill.messages')::integer / 50) AS chat
CROSS JOIN LATERAL generate_series(1, CASE WHEN chat = 2 THEN 300 WHEN chat % 50 = 0 THEN 10 ELSE 2 END) AS place;

INSERT INTO chats (id, type, name, slug, created_at)
SELECT
    pg_temp.id('chat', chat),
    type,
    CASE type WHEN 'group' THEN 'Group ' || chat END,
    CASE type
        WHEN 'group' THEN 'group-' || chat
        ELSE 'direct-' || min(pg_temp.id('user', person)::text) || '-' || max(pg_temp.id('user', person)::text)
    END,
    '2025-01-01'
FROM members
GROUP BY
    chat,
    type
ON CONFLICT DO NOTHING;

DELETE FROM members
WHERE NOT EXISTS (SELECT FROM chats WHERE id = pg_temp.id('chat', chat));

INSERT INTO chat_participants (chat_id, user_id, role, joined_at)
SELECT
    pg_temp.id('chat', chat),
    pg_temp.id('user', person),
    CASE WHEN type = 'group' AND place = 1 THEN 'owner' ELSE 'member' END,
    '2025-01-01'
FROM members
ON CONFLICT DO NOTHING;

-- Of user 1: contacts 10 to 109, requests by 110 to 119; everybody else has a few.
INSERT INTO contacts (user_id, contact_id, status, requested_by, created_at, accepted_at)
SELECT
    pg_temp.id('user', CASE WHEN is_mirror THEN other ELSE person END),
    pg_temp.id('user', CASE WHEN is_mirror THEN person ELSE other END),
    CASE WHEN person = 1 AND other >= 110 THEN 'pending' ELSE 'accepted' END,
    pg_temp.id('user', other),
    '2025-01-01',
    CASE WHEN person = 1 AND other >= 110 THEN NULL ELSE '2025-01-01'::timestamptz END
FROM (
    SELECT
        1 AS person,
        other
    FROM generate_series(10, 119) AS other

    UNION ALL

    SELECT
        person,
        person + distance
    FROM generate_series(120, current_setting('fill.messages')::integer / 100 - 3) AS person
    CROSS JOIN generate_series(1, 3) AS distance
) AS pairs
CROSS JOIN unnest('{false,true}'::boolean[]) AS is_mirror;


ANALYZE;

INSERT INTO messages (id, chat_id, sender_id, content, created_at)
SELECT
    pg_temp.message_id(number, sent_at),
    pg_temp.id('chat', chat),
    pg_temp.id('user', person),
    'Talk of w' || number * 7919 % 5000 || ' and w' || number * 104729 % 500 || CASE number % 20 WHEN 7 THEN ' over lunch' ELSE '' END,
    sent_at
FROM generate_series(1, current_setting('fill.messages')::bigint) AS number
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN number % 20 = 0 THEN 1
            WHEN number % 5000 = 1 THEN 2
            ELSE 3 + (number * 48271 % 2147483647) % (current_setting('fill.messages')::integer / 50 - 2)
        END AS chat,
        '2025-01-01'::timestamptz + number * interval '20 s' AS sent_at
) AS sent
JOIN members USING (chat)
WHERE place = 1 + (number / 20) % 2;

INSERT INTO message_delivery (chat_id, message_id, user_id, status, delivered_at, read_at, created_at)
SELECT
    messages.chat_id,
    messages.id,
    chat_participants.user_id,
    'read',
    messages.created_at,
    messages.created_at,
    messages.created_at
FROM messages
JOIN chat_participants ON chat_participants.chat_id = messages.chat_id
    AND chat_participants.user_id <> messages.sender_id
ORDER BY messages.id;

-- Unread: the newest two messages of a chat, of chat 1 the newest thousand. Those two are undelivered, too.
WITH newest AS (
    SELECT
        messages.chat_id,
        messages.id,
        messages.place
    FROM chats
    CROSS JOIN LATERAL (
        SELECT
            chat_id,
            id,
            row_number() OVER (ORDER BY id DESC) AS place
        FROM messages
        WHERE chat_id = chats.id
        ORDER BY id DESC
        LIMIT CASE WHEN chats.id = pg_temp.id('chat', 1) THEN 1000 ELSE 2 END
    ) AS messages
),
unread AS (
    INSERT INTO unread_messages (chat_id, message_id, user_id)
    SELECT
        newest.chat_id,
        newest.id,
        message_delivery.user_id
    FROM newest
    JOIN message_delivery ON message_id = newest.id
)
UPDATE message_delivery
SET
    status = CASE WHEN newest.place > 2 THEN 'delivered' ELSE 'pending' END,
    delivered_at = CASE WHEN newest.place > 2 THEN delivered_at END,
    read_at = NULL
FROM newest
WHERE message_delivery.message_id = newest.id;

-- Three reactions under each of the newest two hundred messages of chat 1, and one under every twentieth message.
INSERT INTO message_reactions (chat_id, message_id, user_id, emoji)
SELECT
    chat_id,
    id,
    sender_id,
    emoji
FROM (
    SELECT
        chat_id,
        id,
        sender_id
    FROM messages
    WHERE chat_id = pg_temp.id('chat', 1)
    ORDER BY id DESC
    LIMIT 200
) AS newest
CROSS JOIN unnest('{👍,❤️,🎉}'::text[]) AS emoji;

INSERT INTO message_reactions (chat_id, message_id, user_id, emoji)
SELECT
    chat_id,
    id,
    sender_id,
    '😂'
FROM messages
WHERE created_at::time < '01:12';

-- Two pictures with each of the newest two hundred messages of chat 1.
INSERT INTO attachments (chat_id, message_id, position, file_name, file_type, file_size, storage_key, checksum_sha256)
SELECT
    chat_id,
    id,
    position,
    'picture.png',
    'image/png',
    1000,
    'pictures/' || id || '/' || position,
    sha256(uuid_send(id))
FROM (
    SELECT
        chat_id,
        id
    FROM messages
    WHERE chat_id = pg_temp.id('chat', 1)
    ORDER BY id DESC
    LIMIT 200
) AS newest
CROSS JOIN generate_series(1, 2) AS position;

-- User 2 has left for good and is not yet purged.
UPDATE users
SET deleted_at = '2026-06-01'
WHERE id = pg_temp.id('user', 2);
