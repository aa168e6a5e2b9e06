-- The four demo people, their contacts and chats. Each one's password is password123.
--
-- Run again, it adds what is missing and doubles nothing: every id is fixed, and so is every time, as a message's id
-- contains its time. Only sessions count from now, or nobody could use them.

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
    ('a11ce000-0000-4000-8000-000000000001', 'alice', '$2b$12$q5Xvt3SMgjxhnztEGepb8uu373EJZZ7dEJdz//EUhnI.zJKiKNfyK', 'Alice Martin', 'Maps, mountains and too much coffee.', 'https://example.com/avatars/alice.png', 'online', '2025-11-03 19:00:00+00', '2025-11-02 18:00:00+00', '2025-11-02 18:00:00+00'),
    ('b0b00000-0000-4000-8000-000000000002', 'bob', '$2b$12$OzBVsJGcYXuNfHmd1WOH4eZ/NwAEGz0D3CEtoMzy//2Z4h8O2eEBq', 'Bob Fischer', NULL, 'https://example.com/avatars/bob.png', 'away', '2025-11-03 18:56:00+00', '2025-11-02 18:00:00+00', '2025-11-02 18:00:00+00'),
    ('c4a71e00-0000-4000-8000-000000000003', 'charlie', '$2b$12$KPGihBpojQDpiy660ztqTuZq8X/bVJqZSZ9mIARtcY5f0fIQbABii', 'Charlie Okafor', 'Usually late.', 'https://example.com/avatars/charlie.png', 'offline', '2025-11-03 18:52:00+00', '2025-11-02 18:00:00+00', '2025-11-02 18:00:00+00'),
    ('d1a7a000-0000-4000-8000-000000000004', 'diana', '$2b$12$Qcq6uZSse3djKBa1smU4.eIskZSJjpFursSKh8PjFXXjDYpIsHQMa', 'Diana Rossi', 'Cooks on anything that burns.', 'https://example.com/avatars/diana.png', 'online', '2025-11-03 18:48:00+00', '2025-11-02 18:00:00+00', '2025-11-02 18:00:00+00')
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
    ('a11ce000-0000-4000-8000-000000000001', 'b0b00000-0000-4000-8000-000000000002', 'accepted', 'a11ce000-0000-4000-8000-000000000001', 'Bobby', '2025-11-03 01:20:00+00', '2025-11-03 03:00:00+00', NULL),
    ('b0b00000-0000-4000-8000-000000000002', 'a11ce000-0000-4000-8000-000000000001', 'accepted', 'a11ce000-0000-4000-8000-000000000001', NULL, '2025-11-03 01:20:00+00', '2025-11-03 03:00:00+00', NULL),
    ('a11ce000-0000-4000-8000-000000000001', 'c4a71e00-0000-4000-8000-000000000003', 'accepted', 'c4a71e00-0000-4000-8000-000000000003', NULL, '2025-11-03 01:20:00+00', '2025-11-03 03:00:00+00', NULL),
    ('c4a71e00-0000-4000-8000-000000000003', 'a11ce000-0000-4000-8000-000000000001', 'accepted', 'c4a71e00-0000-4000-8000-000000000003', NULL, '2025-11-03 01:20:00+00', '2025-11-03 03:00:00+00', NULL),
    ('a11ce000-0000-4000-8000-000000000001', 'd1a7a000-0000-4000-8000-000000000004', 'accepted', 'd1a7a000-0000-4000-8000-000000000004', NULL, '2025-11-03 01:20:00+00', '2025-11-03 03:00:00+00', NULL),
    ('d1a7a000-0000-4000-8000-000000000004', 'a11ce000-0000-4000-8000-000000000001', 'accepted', 'd1a7a000-0000-4000-8000-000000000004', NULL, '2025-11-03 01:20:00+00', '2025-11-03 03:00:00+00', NULL),
    ('b0b00000-0000-4000-8000-000000000002', 'd1a7a000-0000-4000-8000-000000000004', 'accepted', 'b0b00000-0000-4000-8000-000000000002', NULL, '2025-11-03 01:20:00+00', '2025-11-03 03:00:00+00', NULL),
    ('d1a7a000-0000-4000-8000-000000000004', 'b0b00000-0000-4000-8000-000000000002', 'accepted', 'b0b00000-0000-4000-8000-000000000002', NULL, '2025-11-03 01:20:00+00', '2025-11-03 03:00:00+00', NULL),
    ('b0b00000-0000-4000-8000-000000000002', 'c4a71e00-0000-4000-8000-000000000003', 'pending', 'c4a71e00-0000-4000-8000-000000000003', NULL, '2025-11-03 01:20:00+00', NULL, NULL),
    ('c4a71e00-0000-4000-8000-000000000003', 'b0b00000-0000-4000-8000-000000000002', 'pending', 'c4a71e00-0000-4000-8000-000000000003', NULL, '2025-11-03 01:20:00+00', NULL, NULL),
    ('d1a7a000-0000-4000-8000-000000000004', 'c4a71e00-0000-4000-8000-000000000003', 'blocked', 'c4a71e00-0000-4000-8000-000000000003', NULL, '2025-11-03 01:20:00+00', NULL, '2025-11-03 04:40:00+00'),
    ('c4a71e00-0000-4000-8000-000000000003', 'd1a7a000-0000-4000-8000-000000000004', 'pending', 'c4a71e00-0000-4000-8000-000000000003', NULL, '2025-11-03 01:20:00+00', NULL, NULL)
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
    ('0d1ec700-0000-4000-8000-0000000000ab', 'direct', NULL, 'direct-a11ce000-0000-4000-8000-000000000001-b0b00000-0000-4000-8000-000000000002', NULL, 'a11ce000-0000-4000-8000-000000000001', '2025-11-03 17:59:00+00', '2025-11-03 17:59:00+00'),
    ('0d1ec700-0000-4000-8000-0000000000ac', 'direct', NULL, 'direct-a11ce000-0000-4000-8000-000000000001-c4a71e00-0000-4000-8000-000000000003', NULL, 'c4a71e00-0000-4000-8000-000000000003', '2025-11-03 18:19:00+00', '2025-11-03 18:19:00+00'),
    ('06709000-0000-4000-8000-00000000abcd', 'group', 'Saturday hike', 'saturday-hike', 'Where we meet and who brings what', 'a11ce000-0000-4000-8000-000000000001', '2025-11-03 18:30:00+00', '2025-11-03 18:30:00+00')
ON CONFLICT DO NOTHING;

INSERT INTO chat_participants (
    chat_id,
    user_id,
    role,
    added_by,
    joined_at
) VALUES
    ('0d1ec700-0000-4000-8000-0000000000ab', 'a11ce000-0000-4000-8000-000000000001', 'member', NULL, '2025-11-03 17:59:00+00'),
    ('0d1ec700-0000-4000-8000-0000000000ab', 'b0b00000-0000-4000-8000-000000000002', 'member', 'a11ce000-0000-4000-8000-000000000001', '2025-11-03 17:59:00+00'),
    ('0d1ec700-0000-4000-8000-0000000000ac', 'c4a71e00-0000-4000-8000-000000000003', 'member', NULL, '2025-11-03 18:19:00+00'),
    ('0d1ec700-0000-4000-8000-0000000000ac', 'a11ce000-0000-4000-8000-000000000001', 'member', 'c4a71e00-0000-4000-8000-000000000003', '2025-11-03 18:19:00+00'),
    ('06709000-0000-4000-8000-00000000abcd', 'a11ce000-0000-4000-8000-000000000001', 'owner', NULL, '2025-11-03 18:30:00+00'),
    ('06709000-0000-4000-8000-00000000abcd', 'b0b00000-0000-4000-8000-000000000002', 'admin', 'a11ce000-0000-4000-8000-000000000001', '2025-11-03 18:30:00+00'),
    ('06709000-0000-4000-8000-00000000abcd', 'c4a71e00-0000-4000-8000-000000000003', 'member', 'a11ce000-0000-4000-8000-000000000001', '2025-11-03 18:30:00+00'),
    ('06709000-0000-4000-8000-00000000abcd', 'd1a7a000-0000-4000-8000-000000000004', 'member', 'a11ce000-0000-4000-8000-000000000001', '2025-11-03 18:30:00+00')
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
    ('019a4ae0-3900-7000-8000-000000000001', '0d1ec700-0000-4000-8000-0000000000ab', 'a11ce000-0000-4000-8000-000000000001', 'Hi Bob! Are you in for the hike on Saturday?', 'text', NULL, false, NULL, false, NULL, NULL, '2025-11-03 18:00:00+00'),
    ('019a4ae2-0dc0-7000-8000-000000000002', '0d1ec700-0000-4000-8000-0000000000ab', 'b0b00000-0000-4000-8000-000000000002', 'Sure, what time do we start?', 'text', '019a4ae0-3900-7000-8000-000000000001', false, NULL, false, NULL, NULL, '2025-11-03 18:02:00+00'),
    ('019a4ae2-f820-7000-8000-000000000003', '0d1ec700-0000-4000-8000-0000000000ab', 'a11ce000-0000-4000-8000-000000000001', 'Eight at the station. I will bring the map.', 'text', NULL, true, '2025-11-03 18:04:00+00', false, NULL, NULL, '2025-11-03 18:03:00+00'),
    ('019a4ae4-cce0-7000-8000-000000000004', '0d1ec700-0000-4000-8000-0000000000ab', 'b0b00000-0000-4000-8000-000000000002', 'The view from last time', 'image', NULL, false, NULL, false, NULL, NULL, '2025-11-03 18:05:00+00'),
    ('019a4ae5-b740-7000-8000-000000000005', '0d1ec700-0000-4000-8000-0000000000ab', 'a11ce000-0000-4000-8000-000000000001', 'Beautiful, we should go up there again', 'text', '019a4ae4-cce0-7000-8000-000000000004', false, NULL, false, NULL, NULL, '2025-11-03 18:06:00+00'),
    ('019a4ae6-a1a0-7000-8000-000000000006', '0d1ec700-0000-4000-8000-0000000000ab', 'b0b00000-0000-4000-8000-000000000002', 'Deal.', 'text', NULL, false, NULL, false, NULL, NULL, '2025-11-03 18:07:00+00'),
    ('019a4af2-8880-7000-8000-000000000007', '0d1ec700-0000-4000-8000-0000000000ac', 'c4a71e00-0000-4000-8000-000000000003', 'Do you still have my tent?', 'text', NULL, false, NULL, false, NULL, NULL, '2025-11-03 18:20:00+00'),
    ('019a4af4-5d40-7000-8000-000000000008', '0d1ec700-0000-4000-8000-0000000000ac', 'a11ce000-0000-4000-8000-000000000001', 'Yes, it is dry and packed.', 'text', '019a4af2-8880-7000-8000-000000000007', false, NULL, false, NULL, NULL, '2025-11-03 18:22:00+00'),
    ('019a4af5-47a0-7000-8000-000000000009', '0d1ec700-0000-4000-8000-0000000000ac', 'c4a71e00-0000-4000-8000-000000000003', '', 'text', NULL, false, NULL, true, '2025-11-03 18:24:00+00', 'c4a71e00-0000-4000-8000-000000000003', '2025-11-03 18:23:00+00'),
    ('019a4af7-1c60-7000-8000-000000000010', '0d1ec700-0000-4000-8000-0000000000ac', 'c4a71e00-0000-4000-8000-000000000003', 'Great, I will pick it up tomorrow', 'text', NULL, false, NULL, false, NULL, NULL, '2025-11-03 18:25:00+00'),
    ('019a4afb-b040-7000-8000-000000000011', '06709000-0000-4000-8000-00000000abcd', NULL, 'alice created the group', 'system', NULL, false, NULL, false, NULL, NULL, '2025-11-03 18:30:00+00'),
    ('019a4afc-9aa0-7000-8000-000000000012', '06709000-0000-4000-8000-00000000abcd', 'a11ce000-0000-4000-8000-000000000001', 'Saturday, eight o''clock, main station. Who is coming?', 'text', NULL, false, NULL, false, NULL, NULL, '2025-11-03 18:31:00+00'),
    ('019a4afd-8500-7000-8000-000000000013', '06709000-0000-4000-8000-00000000abcd', 'b0b00000-0000-4000-8000-000000000002', 'Me!', 'text', '019a4afc-9aa0-7000-8000-000000000012', false, NULL, false, NULL, NULL, '2025-11-03 18:32:00+00'),
    ('019a4b00-4420-7000-8000-000000000014', '06709000-0000-4000-8000-00000000abcd', 'd1a7a000-0000-4000-8000-000000000004', 'Me too. Shall I bring the stove?', 'text', '019a4afc-9aa0-7000-8000-000000000012', false, NULL, false, NULL, NULL, '2025-11-03 18:35:00+00'),
    ('019a4b01-2e80-7000-8000-000000000015', '06709000-0000-4000-8000-00000000abcd', 'a11ce000-0000-4000-8000-000000000001', 'Yes please 🙏', 'text', '019a4b00-4420-7000-8000-000000000014', false, NULL, false, NULL, NULL, '2025-11-03 18:36:00+00'),
    ('019a4b04-d800-7000-8000-000000000016', '06709000-0000-4000-8000-00000000abcd', 'c4a71e00-0000-4000-8000-000000000003', 'I come an hour later, wait for me at the lake', 'text', NULL, true, '2025-11-03 18:41:00+00', false, NULL, NULL, '2025-11-03 18:40:00+00'),
    ('019a4b09-6be0-7000-8000-000000000017', '06709000-0000-4000-8000-00000000abcd', 'd1a7a000-0000-4000-8000-000000000004', 'Packed already', 'image', NULL, false, NULL, false, NULL, NULL, '2025-11-03 18:45:00+00'),
    ('019a4b0b-40a0-7000-8000-000000000018', '06709000-0000-4000-8000-00000000abcd', 'b0b00000-0000-4000-8000-000000000002', 'See you all on Saturday 👋', 'text', NULL, false, NULL, false, NULL, NULL, '2025-11-03 18:47:00+00')
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
    ('a77ac400-0000-4000-8000-000000000001', '0d1ec700-0000-4000-8000-0000000000ab', '019a4ae4-cce0-7000-8000-000000000004', 1, 'view.jpg', 'image/jpeg', 2483112, 'demo/view.jpg', 'demo/medium/view.jpg', 'demo/thumbnail/view.jpg', 4032, 3024, 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', sha256('demo/view.jpg'), '2025-11-03 18:05:00+00'),
    ('a77ac400-0000-4000-8000-000000000002', '06709000-0000-4000-8000-00000000abcd', '019a4b09-6be0-7000-8000-000000000017', 1, 'backpack.webp', 'image/webp', 184220, 'demo/backpack.webp', 'demo/medium/backpack.webp', 'demo/thumbnail/backpack.webp', 1280, 960, 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', sha256('demo/backpack.webp'), '2025-11-03 18:45:00+00')
ON CONFLICT DO NOTHING;

INSERT INTO message_reactions (
    chat_id,
    message_id,
    user_id,
    emoji,
    created_at
) VALUES
    ('0d1ec700-0000-4000-8000-0000000000ab', '019a4ae4-cce0-7000-8000-000000000004', 'a11ce000-0000-4000-8000-000000000001', '😍', '2025-11-03 18:05:00+00'),
    ('0d1ec700-0000-4000-8000-0000000000ab', '019a4ae2-f820-7000-8000-000000000003', 'b0b00000-0000-4000-8000-000000000002', '👍', '2025-11-03 18:04:00+00'),
    ('06709000-0000-4000-8000-00000000abcd', '019a4afc-9aa0-7000-8000-000000000012', 'b0b00000-0000-4000-8000-000000000002', '🎉', '2025-11-03 18:32:00+00'),
    ('06709000-0000-4000-8000-00000000abcd', '019a4afc-9aa0-7000-8000-000000000012', 'd1a7a000-0000-4000-8000-000000000004', '🎉', '2025-11-03 18:34:00+00'),
    ('06709000-0000-4000-8000-00000000abcd', '019a4b00-4420-7000-8000-000000000014', 'a11ce000-0000-4000-8000-000000000001', '👍🏽', '2025-11-03 18:36:00+00'),
    ('06709000-0000-4000-8000-00000000abcd', '019a4b09-6be0-7000-8000-000000000017', 'b0b00000-0000-4000-8000-000000000002', '❤️', '2025-11-03 18:46:00+00'),
    ('06709000-0000-4000-8000-00000000abcd', '019a4b0b-40a0-7000-8000-000000000018', 'c4a71e00-0000-4000-8000-000000000003', '👨‍👩‍👧‍👦', '2025-11-03 18:50:00+00')
ON CONFLICT DO NOTHING;

-- Everybody but the sender has a receipt. Its state follows from how far each person has read and received the chat.
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
    messages.chat_id,
    messages.id,
    reader.user_id,
    CASE WHEN messages.id <= read_to THEN 'read' WHEN messages.id <= delivered_to THEN 'delivered' ELSE 'pending' END,
    CASE WHEN messages.id <= delivered_to THEN messages.created_at + interval '10 seconds' END,
    CASE WHEN messages.id <= read_to THEN messages.created_at + interval '45 seconds' END,
    messages.created_at
FROM messages
JOIN (
    VALUES
        ('0d1ec700-0000-4000-8000-0000000000ab'::uuid, 'a11ce000-0000-4000-8000-000000000001'::uuid, '019a4ae6-a1a0-7000-8000-000000000006'::uuid, '019a4ae6-a1a0-7000-8000-000000000006'::uuid),
        ('0d1ec700-0000-4000-8000-0000000000ab'::uuid, 'b0b00000-0000-4000-8000-000000000002'::uuid, '019a4ae2-f820-7000-8000-000000000003'::uuid, '019a4ae5-b740-7000-8000-000000000005'::uuid),
        ('0d1ec700-0000-4000-8000-0000000000ac'::uuid, 'a11ce000-0000-4000-8000-000000000001'::uuid, '019a4af2-8880-7000-8000-000000000007'::uuid, '019a4af7-1c60-7000-8000-000000000010'::uuid),
        ('0d1ec700-0000-4000-8000-0000000000ac'::uuid, 'c4a71e00-0000-4000-8000-000000000003'::uuid, '019a4af4-5d40-7000-8000-000000000008'::uuid, '019a4af4-5d40-7000-8000-000000000008'::uuid),
        ('06709000-0000-4000-8000-00000000abcd'::uuid, 'a11ce000-0000-4000-8000-000000000001'::uuid, '019a4b0b-40a0-7000-8000-000000000018'::uuid, '019a4b0b-40a0-7000-8000-000000000018'::uuid),
        ('06709000-0000-4000-8000-00000000abcd'::uuid, 'b0b00000-0000-4000-8000-000000000002'::uuid, '019a4b09-6be0-7000-8000-000000000017'::uuid, '019a4b09-6be0-7000-8000-000000000017'::uuid),
        ('06709000-0000-4000-8000-00000000abcd'::uuid, 'c4a71e00-0000-4000-8000-000000000003'::uuid, '019a4afc-9aa0-7000-8000-000000000012'::uuid, '019a4b01-2e80-7000-8000-000000000015'::uuid),
        ('06709000-0000-4000-8000-00000000abcd'::uuid, 'd1a7a000-0000-4000-8000-000000000004'::uuid, '019a4b01-2e80-7000-8000-000000000015'::uuid, '019a4b0b-40a0-7000-8000-000000000018'::uuid)
) AS reader (chat_id, user_id, read_to, delivered_to)
    ON reader.chat_id = messages.chat_id
    AND reader.user_id IS DISTINCT FROM messages.sender_id
-- The last demo message: what people have written since is left alone.
WHERE messages.id <= '019a4b0b-40a0-7000-8000-000000000018'
ON CONFLICT DO NOTHING;

-- Messages that are not read by the receipts as they are now: people may have read more since the first run.
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
FROM message_delivery
WHERE status <> 'read'
    AND chat_id IN (
        '0d1ec700-0000-4000-8000-0000000000ab',
        '0d1ec700-0000-4000-8000-0000000000ac',
        '06709000-0000-4000-8000-00000000abcd'
    )
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
    clock.now,
    clock.now,
    clock.now + interval '30 days'
FROM (
    VALUES
        ('5e551000-0000-4000-8000-000000000001'::uuid, 'a11ce000-0000-4000-8000-000000000001'::uuid, 'demo token 1'::bytea, 'demo-device-1', 'android', 'Alice''s phone', 'demo-socket-1', '192.0.2.10'::inet),
        ('5e551000-0000-4000-8000-000000000002', 'a11ce000-0000-4000-8000-000000000001', 'demo token 2', 'demo-device-2', 'web', 'Firefox on Linux', 'demo-socket-2', '192.0.2.11'),
        ('5e551000-0000-4000-8000-000000000003', 'b0b00000-0000-4000-8000-000000000002', 'demo token 3', 'demo-device-3', 'ios', 'Bob''s tablet', NULL, '2001:db8::20')
) AS session (id, user_id, token, device_id, device_type, device_name, socket_id, ip_address)
CROSS JOIN (
    -- make seed says what time it is, so that NOW= makes the same rows again.
    VALUES (COALESCE(NULLIF(current_setting('messenger_db.now', true), '')::timestamptz, CURRENT_TIMESTAMP))
) AS clock (now)
ON CONFLICT DO NOTHING;
