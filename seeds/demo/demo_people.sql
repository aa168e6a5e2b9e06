-- The four demo people, their contacts and chats. Each one's password is password123.
--
-- Every id is fixed, but for the time that a message's id contains. Times count from when the demo people signed up, 800
-- days before messenger_db.now, or before the current time: so they live in the same time as the generated chats.

CREATE OR REPLACE FUNCTION pg_temp.seeded_at()
RETURNS timestamptz
LANGUAGE sql
STABLE
RETURN COALESCE(NULLIF(current_setting('messenger_db.now', true), '')::timestamptz, CURRENT_TIMESTAMP);

-- When they signed up. It is looked up before, not in the function: on Citus another node would run that, without pg_temp.
DO $$
DECLARE
    signed_up timestamptz := (SELECT created_at FROM users WHERE id = 'a11ce000-0000-4000-8000-000000000001');
BEGIN
    signed_up := COALESCE(signed_up, date_trunc('minute', pg_temp.seeded_at()) - interval '800 days');
    PERFORM set_config('messenger_db.demo_start', signed_up::text, false);
END;
$$;

CREATE OR REPLACE FUNCTION pg_temp.demo_start()
RETURNS timestamptz
LANGUAGE sql
STABLE
RETURN current_setting('messenger_db.demo_start')::timestamptz;

-- So many minutes before the first run.
CREATE OR REPLACE FUNCTION pg_temp.ago(minutes integer)
RETURNS timestamptz
LANGUAGE sql
STABLE
RETURN pg_temp.demo_start() + interval '800 days' - minutes * interval '1 minute';

-- The id of a message sent so many minutes before the first run: a UUIDv7 with its number as the random part.
CREATE OR REPLACE FUNCTION pg_temp.message_id(minutes integer, number integer)
RETURNS uuid
LANGUAGE sql
STABLE
RETURN (
    lpad(to_hex((extract(epoch FROM pg_temp.ago(minutes)) * 1000)::bigint), 12, '0')
    || '70008000'
    || lpad(number::text, 12, '0')
)::uuid;

INSERT INTO users (
    id,
    username,
    password_hash,
    display_name,
    bio,
    avatar_url,
    status,
    last_seen_at,
    created_at,
    updated_at
) VALUES
    ('a11ce000-0000-4000-8000-000000000001', 'alice', '$2b$12$q5Xvt3SMgjxhnztEGepb8uu373EJZZ7dEJdz//EUhnI.zJKiKNfyK', 'Alice Martin', 'Maps, mountains and too much coffee.', 'https://example.com/avatars/alice.png', 'online', pg_temp.ago(0), pg_temp.demo_start(), pg_temp.demo_start()),
    ('b0b00000-0000-4000-8000-000000000002', 'bob', '$2b$12$OzBVsJGcYXuNfHmd1WOH4eZ/NwAEGz0D3CEtoMzy//2Z4h8O2eEBq', 'Bob Fischer', NULL, 'https://example.com/avatars/bob.png', 'away', pg_temp.ago(0), pg_temp.demo_start(), pg_temp.demo_start()),
    ('c4a71e00-0000-4000-8000-000000000003', 'charlie', '$2b$12$KPGihBpojQDpiy660ztqTuZq8X/bVJqZSZ9mIARtcY5f0fIQbABii', 'Charlie Okafor', 'Usually late.', 'https://example.com/avatars/charlie.png', 'offline', pg_temp.ago(0), pg_temp.demo_start(), pg_temp.demo_start()),
    ('d1a7a000-0000-4000-8000-000000000004', 'diana', '$2b$12$Qcq6uZSse3djKBa1smU4.eIskZSJjpFursSKh8PjFXXjDYpIsHQMa', 'Diana Rossi', 'Cooks on anything that burns.', 'https://example.com/avatars/diana.png', 'online', pg_temp.ago(0), pg_temp.demo_start(), pg_temp.demo_start())
ON CONFLICT DO NOTHING;

-- Both rows of a pair in one statement. Charlie's request to Bob is pending, and Diana has blocked Charlie.
INSERT INTO contacts (
    user_id,
    contact_id,
    status,
    requested_by,
    nickname,
    created_at,
    accepted_at,
    blocked_at
) VALUES
    ('a11ce000-0000-4000-8000-000000000001', 'b0b00000-0000-4000-8000-000000000002', 'accepted', 'a11ce000-0000-4000-8000-000000000001', 'Bobby', pg_temp.demo_start() + interval '1 hour', pg_temp.demo_start() + interval '3 hours', NULL),
    ('b0b00000-0000-4000-8000-000000000002', 'a11ce000-0000-4000-8000-000000000001', 'accepted', 'a11ce000-0000-4000-8000-000000000001', NULL, pg_temp.demo_start() + interval '1 hour', pg_temp.demo_start() + interval '3 hours', NULL),
    ('a11ce000-0000-4000-8000-000000000001', 'c4a71e00-0000-4000-8000-000000000003', 'accepted', 'c4a71e00-0000-4000-8000-000000000003', NULL, pg_temp.demo_start() + interval '1 hour', pg_temp.demo_start() + interval '3 hours', NULL),
    ('c4a71e00-0000-4000-8000-000000000003', 'a11ce000-0000-4000-8000-000000000001', 'accepted', 'c4a71e00-0000-4000-8000-000000000003', NULL, pg_temp.demo_start() + interval '1 hour', pg_temp.demo_start() + interval '3 hours', NULL),
    ('a11ce000-0000-4000-8000-000000000001', 'd1a7a000-0000-4000-8000-000000000004', 'accepted', 'd1a7a000-0000-4000-8000-000000000004', NULL, pg_temp.demo_start() + interval '1 hour', pg_temp.demo_start() + interval '3 hours', NULL),
    ('d1a7a000-0000-4000-8000-000000000004', 'a11ce000-0000-4000-8000-000000000001', 'accepted', 'd1a7a000-0000-4000-8000-000000000004', NULL, pg_temp.demo_start() + interval '1 hour', pg_temp.demo_start() + interval '3 hours', NULL),
    ('b0b00000-0000-4000-8000-000000000002', 'd1a7a000-0000-4000-8000-000000000004', 'accepted', 'b0b00000-0000-4000-8000-000000000002', NULL, pg_temp.demo_start() + interval '1 hour', pg_temp.demo_start() + interval '3 hours', NULL),
    ('d1a7a000-0000-4000-8000-000000000004', 'b0b00000-0000-4000-8000-000000000002', 'accepted', 'b0b00000-0000-4000-8000-000000000002', NULL, pg_temp.demo_start() + interval '1 hour', pg_temp.demo_start() + interval '3 hours', NULL),
    ('b0b00000-0000-4000-8000-000000000002', 'c4a71e00-0000-4000-8000-000000000003', 'pending', 'c4a71e00-0000-4000-8000-000000000003', NULL, pg_temp.demo_start() + interval '1 hour', NULL, NULL),
    ('c4a71e00-0000-4000-8000-000000000003', 'b0b00000-0000-4000-8000-000000000002', 'pending', 'c4a71e00-0000-4000-8000-000000000003', NULL, pg_temp.demo_start() + interval '1 hour', NULL, NULL),
    ('d1a7a000-0000-4000-8000-000000000004', 'c4a71e00-0000-4000-8000-000000000003', 'blocked', 'c4a71e00-0000-4000-8000-000000000003', NULL, pg_temp.demo_start() + interval '1 hour', NULL, pg_temp.demo_start() + interval '5 hours'),
    ('c4a71e00-0000-4000-8000-000000000003', 'd1a7a000-0000-4000-8000-000000000004', 'pending', 'c4a71e00-0000-4000-8000-000000000003', NULL, pg_temp.demo_start() + interval '1 hour', NULL, NULL)
ON CONFLICT DO NOTHING;

INSERT INTO chats (
    id,
    type,
    name,
    slug,
    description,
    created_by,
    created_at,
    updated_at
) VALUES
    ('0d1ec700-0000-4000-8000-0000000000ab', 'direct', NULL, 'direct-a11ce000-0000-4000-8000-000000000001-b0b00000-0000-4000-8000-000000000002', NULL, 'a11ce000-0000-4000-8000-000000000001', pg_temp.ago(61), pg_temp.ago(61)),
    ('0d1ec700-0000-4000-8000-0000000000ac', 'direct', NULL, 'direct-a11ce000-0000-4000-8000-000000000001-c4a71e00-0000-4000-8000-000000000003', NULL, 'c4a71e00-0000-4000-8000-000000000003', pg_temp.ago(41), pg_temp.ago(41)),
    ('06709000-0000-4000-8000-00000000abcd', 'group', 'Saturday hike', 'saturday-hike', 'Where we meet and who brings what', 'a11ce000-0000-4000-8000-000000000001', pg_temp.ago(30), pg_temp.ago(30))
ON CONFLICT DO NOTHING;

INSERT INTO chat_participants (
    chat_id,
    user_id,
    role,
    added_by,
    joined_at
) VALUES
    ('0d1ec700-0000-4000-8000-0000000000ab', 'a11ce000-0000-4000-8000-000000000001', 'member', NULL, pg_temp.ago(61)),
    ('0d1ec700-0000-4000-8000-0000000000ab', 'b0b00000-0000-4000-8000-000000000002', 'member', 'a11ce000-0000-4000-8000-000000000001', pg_temp.ago(61)),
    ('0d1ec700-0000-4000-8000-0000000000ac', 'c4a71e00-0000-4000-8000-000000000003', 'member', NULL, pg_temp.ago(41)),
    ('0d1ec700-0000-4000-8000-0000000000ac', 'a11ce000-0000-4000-8000-000000000001', 'member', 'c4a71e00-0000-4000-8000-000000000003', pg_temp.ago(41)),
    ('06709000-0000-4000-8000-00000000abcd', 'a11ce000-0000-4000-8000-000000000001', 'owner', NULL, pg_temp.ago(30)),
    ('06709000-0000-4000-8000-00000000abcd', 'b0b00000-0000-4000-8000-000000000002', 'admin', 'a11ce000-0000-4000-8000-000000000001', pg_temp.ago(30)),
    ('06709000-0000-4000-8000-00000000abcd', 'c4a71e00-0000-4000-8000-000000000003', 'member', 'a11ce000-0000-4000-8000-000000000001', pg_temp.ago(30)),
    ('06709000-0000-4000-8000-00000000abcd', 'd1a7a000-0000-4000-8000-000000000004', 'member', 'a11ce000-0000-4000-8000-000000000001', pg_temp.ago(30))
ON CONFLICT DO NOTHING;

INSERT INTO messages (
    id,
    chat_id,
    sender_id,
    content,
    content_type,
    reply_to_id,
    is_edited,
    edited_at,
    is_deleted,
    deleted_at,
    deleted_by,
    created_at
) VALUES
    (pg_temp.message_id(60, 1), '0d1ec700-0000-4000-8000-0000000000ab', 'a11ce000-0000-4000-8000-000000000001', 'Hi Bob! Are you in for the hike on Saturday?', 'text', NULL, false, NULL, false, NULL, NULL, pg_temp.ago(60)),
    (pg_temp.message_id(58, 2), '0d1ec700-0000-4000-8000-0000000000ab', 'b0b00000-0000-4000-8000-000000000002', 'Sure, what time do we start?', 'text', pg_temp.message_id(60, 1), false, NULL, false, NULL, NULL, pg_temp.ago(58)),
    (pg_temp.message_id(57, 3), '0d1ec700-0000-4000-8000-0000000000ab', 'a11ce000-0000-4000-8000-000000000001', 'Eight at the station. I will bring the map.', 'text', NULL, true, pg_temp.ago(56), false, NULL, NULL, pg_temp.ago(57)),
    (pg_temp.message_id(55, 4), '0d1ec700-0000-4000-8000-0000000000ab', 'b0b00000-0000-4000-8000-000000000002', 'The view from last time', 'image', NULL, false, NULL, false, NULL, NULL, pg_temp.ago(55)),
    (pg_temp.message_id(54, 5), '0d1ec700-0000-4000-8000-0000000000ab', 'a11ce000-0000-4000-8000-000000000001', 'Beautiful, we should go up there again', 'text', pg_temp.message_id(55, 4), false, NULL, false, NULL, NULL, pg_temp.ago(54)),
    (pg_temp.message_id(53, 6), '0d1ec700-0000-4000-8000-0000000000ab', 'b0b00000-0000-4000-8000-000000000002', 'Deal.', 'text', NULL, false, NULL, false, NULL, NULL, pg_temp.ago(53)),
    (pg_temp.message_id(40, 7), '0d1ec700-0000-4000-8000-0000000000ac', 'c4a71e00-0000-4000-8000-000000000003', 'Do you still have my tent?', 'text', NULL, false, NULL, false, NULL, NULL, pg_temp.ago(40)),
    (pg_temp.message_id(38, 8), '0d1ec700-0000-4000-8000-0000000000ac', 'a11ce000-0000-4000-8000-000000000001', 'Yes, it is dry and packed.', 'text', pg_temp.message_id(40, 7), false, NULL, false, NULL, NULL, pg_temp.ago(38)),
    (pg_temp.message_id(37, 9), '0d1ec700-0000-4000-8000-0000000000ac', 'c4a71e00-0000-4000-8000-000000000003', '', 'text', NULL, false, NULL, true, pg_temp.ago(36), 'c4a71e00-0000-4000-8000-000000000003', pg_temp.ago(37)),
    (pg_temp.message_id(35, 10), '0d1ec700-0000-4000-8000-0000000000ac', 'c4a71e00-0000-4000-8000-000000000003', 'Great, I will pick it up tomorrow', 'text', NULL, false, NULL, false, NULL, NULL, pg_temp.ago(35)),
    (pg_temp.message_id(30, 11), '06709000-0000-4000-8000-00000000abcd', NULL, 'alice created the group', 'system', NULL, false, NULL, false, NULL, NULL, pg_temp.ago(30)),
    (pg_temp.message_id(29, 12), '06709000-0000-4000-8000-00000000abcd', 'a11ce000-0000-4000-8000-000000000001', 'Saturday, eight o''clock, main station. Who is coming?', 'text', NULL, false, NULL, false, NULL, NULL, pg_temp.ago(29)),
    (pg_temp.message_id(28, 13), '06709000-0000-4000-8000-00000000abcd', 'b0b00000-0000-4000-8000-000000000002', 'Me!', 'text', pg_temp.message_id(29, 12), false, NULL, false, NULL, NULL, pg_temp.ago(28)),
    (pg_temp.message_id(25, 14), '06709000-0000-4000-8000-00000000abcd', 'd1a7a000-0000-4000-8000-000000000004', 'Me too. Shall I bring the stove?', 'text', pg_temp.message_id(29, 12), false, NULL, false, NULL, NULL, pg_temp.ago(25)),
    (pg_temp.message_id(24, 15), '06709000-0000-4000-8000-00000000abcd', 'a11ce000-0000-4000-8000-000000000001', 'Yes please 🙏', 'text', pg_temp.message_id(25, 14), false, NULL, false, NULL, NULL, pg_temp.ago(24)),
    (pg_temp.message_id(20, 16), '06709000-0000-4000-8000-00000000abcd', 'c4a71e00-0000-4000-8000-000000000003', 'I come an hour later, wait for me at the lake', 'text', NULL, true, pg_temp.ago(19), false, NULL, NULL, pg_temp.ago(20)),
    (pg_temp.message_id(15, 17), '06709000-0000-4000-8000-00000000abcd', 'd1a7a000-0000-4000-8000-000000000004', 'Packed already', 'image', NULL, false, NULL, false, NULL, NULL, pg_temp.ago(15)),
    (pg_temp.message_id(13, 18), '06709000-0000-4000-8000-00000000abcd', 'b0b00000-0000-4000-8000-000000000002', 'See you all on Saturday 👋', 'text', NULL, false, NULL, false, NULL, NULL, pg_temp.ago(13))
ON CONFLICT DO NOTHING;

INSERT INTO attachments (
    id,
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
    checksum_sha256,
    created_at
) VALUES
    ('a77ac400-0000-4000-8000-000000000001', '0d1ec700-0000-4000-8000-0000000000ab', pg_temp.message_id(55, 4), 1, 'view.jpg', 'image/jpeg', 2483112, 'demo/view.jpg', 'demo/medium/view.jpg', 'demo/thumbnail/view.jpg', 4032, 3024, 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', sha256('demo/view.jpg'), pg_temp.ago(55)),
    ('a77ac400-0000-4000-8000-000000000002', '06709000-0000-4000-8000-00000000abcd', pg_temp.message_id(15, 17), 1, 'backpack.webp', 'image/webp', 184220, 'demo/backpack.webp', 'demo/medium/backpack.webp', 'demo/thumbnail/backpack.webp', 1280, 960, 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', sha256('demo/backpack.webp'), pg_temp.ago(15))
ON CONFLICT DO NOTHING;

INSERT INTO message_reactions (
    chat_id,
    message_id,
    user_id,
    emoji,
    created_at
) VALUES
    ('0d1ec700-0000-4000-8000-0000000000ab', pg_temp.message_id(55, 4), 'a11ce000-0000-4000-8000-000000000001', '😍', pg_temp.ago(54)),
    ('0d1ec700-0000-4000-8000-0000000000ab', pg_temp.message_id(57, 3), 'b0b00000-0000-4000-8000-000000000002', '👍', pg_temp.ago(56)),
    ('06709000-0000-4000-8000-00000000abcd', pg_temp.message_id(29, 12), 'b0b00000-0000-4000-8000-000000000002', '🎉', pg_temp.ago(28)),
    ('06709000-0000-4000-8000-00000000abcd', pg_temp.message_id(29, 12), 'd1a7a000-0000-4000-8000-000000000004', '🎉', pg_temp.ago(26)),
    ('06709000-0000-4000-8000-00000000abcd', pg_temp.message_id(25, 14), 'a11ce000-0000-4000-8000-000000000001', '👍🏽', pg_temp.ago(24)),
    ('06709000-0000-4000-8000-00000000abcd', pg_temp.message_id(15, 17), 'b0b00000-0000-4000-8000-000000000002', '❤️', pg_temp.ago(14)),
    ('06709000-0000-4000-8000-00000000abcd', pg_temp.message_id(29, 12), 'c4a71e00-0000-4000-8000-000000000003', '👨‍👩‍👧‍👦', pg_temp.ago(10))
ON CONFLICT DO NOTHING;

-- Everybody but the sender has a receipt. Its state follows from how far each person has read and received the chat.
-- Fenced, as the next one: Citus writes what it pushes down of an INSERT ... SELECT in a tenant's schema wrongly.
WITH receipt AS MATERIALIZED (
    SELECT
        messages.chat_id,
        messages.id AS message_id,
        reader.user_id,
        CASE WHEN message.number <= read_to THEN 'read' WHEN message.number <= delivered_to THEN 'delivered' ELSE 'pending' END AS status,
        CASE WHEN message.number <= delivered_to THEN messages.created_at + interval '10 seconds' END AS delivered_at,
        CASE WHEN message.number <= read_to THEN messages.created_at + interval '45 seconds' END AS read_at,
        messages.created_at
    FROM messages
    CROSS JOIN LATERAL (SELECT right(messages.id::text, 2)::integer AS number) AS message
    JOIN (
        VALUES
            ('0d1ec700-0000-4000-8000-0000000000ab'::uuid, 'a11ce000-0000-4000-8000-000000000001'::uuid, 6, 6),
            ('0d1ec700-0000-4000-8000-0000000000ab'::uuid, 'b0b00000-0000-4000-8000-000000000002'::uuid, 3, 5),
            ('0d1ec700-0000-4000-8000-0000000000ac'::uuid, 'a11ce000-0000-4000-8000-000000000001'::uuid, 7, 10),
            ('0d1ec700-0000-4000-8000-0000000000ac'::uuid, 'c4a71e00-0000-4000-8000-000000000003'::uuid, 8, 8),
            ('06709000-0000-4000-8000-00000000abcd'::uuid, 'a11ce000-0000-4000-8000-000000000001'::uuid, 18, 18),
            ('06709000-0000-4000-8000-00000000abcd'::uuid, 'b0b00000-0000-4000-8000-000000000002'::uuid, 17, 17),
            ('06709000-0000-4000-8000-00000000abcd'::uuid, 'c4a71e00-0000-4000-8000-000000000003'::uuid, 12, 15),
            ('06709000-0000-4000-8000-00000000abcd'::uuid, 'd1a7a000-0000-4000-8000-000000000004'::uuid, 15, 18)
    ) AS reader (chat_id, user_id, read_to, delivered_to)
        ON reader.chat_id = messages.chat_id
        AND reader.user_id IS DISTINCT FROM messages.sender_id
    -- The demo messages, by the random part of their ids: what people have written since is left alone.
    WHERE messages.id::text ~ '-7000-8000-0{10}[0-9]{2}$'
)
INSERT INTO message_delivery (
    chat_id,
    message_id,
    user_id,
    status,
    delivered_at,
    read_at,
    created_at
)
SELECT
    chat_id,
    message_id,
    user_id,
    status,
    delivered_at,
    read_at,
    created_at
FROM receipt
ON CONFLICT DO NOTHING;

-- Messages that are not read by the receipts as they are now: people may have read more since the first run.
WITH receipt AS MATERIALIZED (
    SELECT
        chat_id,
        user_id,
        message_id,
        created_at
    FROM message_delivery
    WHERE status <> 'read'
        AND chat_id IN (
            '0d1ec700-0000-4000-8000-0000000000ab',
            '0d1ec700-0000-4000-8000-0000000000ac',
            '06709000-0000-4000-8000-00000000abcd'
        )
)
INSERT INTO unread_messages (
    chat_id,
    user_id,
    message_id,
    created_at
)
SELECT
    chat_id,
    user_id,
    message_id,
    created_at
FROM receipt
ON CONFLICT DO NOTHING;

-- Alice is logged in on two devices. The tokens are the words that are hashed here.
INSERT INTO user_sessions (
    id,
    user_id,
    token_hash,
    device_id,
    device_type,
    device_name,
    socket_id,
    ip_address,
    user_agent,
    last_activity_at,
    created_at,
    expires_at
)
SELECT
    session.id,
    session.user_id,
    sha256(session.token),
    session.device_id,
    session.device_type,
    session.device_name,
    session.socket_id,
    session.ip_address,
    'Mozilla/5.0',
    pg_temp.seeded_at(),
    pg_temp.seeded_at(),
    pg_temp.seeded_at() + interval '30 days'
FROM (
    VALUES
        ('5e551000-0000-4000-8000-000000000001'::uuid, 'a11ce000-0000-4000-8000-000000000001'::uuid, 'demo token 1'::bytea, 'demo-device-1', 'android', 'Alice''s phone', 'demo-socket-1', '192.0.2.10'::inet),
        ('5e551000-0000-4000-8000-000000000002', 'a11ce000-0000-4000-8000-000000000001', 'demo token 2', 'demo-device-2', 'web', 'Firefox on Linux', 'demo-socket-2', '192.0.2.11'),
        ('5e551000-0000-4000-8000-000000000003', 'b0b00000-0000-4000-8000-000000000002', 'demo token 3', 'demo-device-3', 'ios', 'Bob''s tablet', NULL, '2001:db8::20')
) AS session (id, user_id, token, device_id, device_type, device_name, socket_id, ip_address)
ON CONFLICT DO NOTHING;
