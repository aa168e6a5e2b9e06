-- Put in right after the first migration, for every later one to keep: a value in every column, and what is easily
-- garbled: long texts and those in other scripts, infinite and very precise times, bytes, missing values.

INSERT INTO users
    (id, username, password_hash, display_name, bio, avatar_url, status, last_seen_at, created_at, updated_at, deleted_at)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Kept_1', '$2b$12$' || repeat('a', 53), 'Zoë 家族 👩‍👩‍👧', repeat('ü', 500),
     'https://example.com/kept.png', 'away', '2026-01-02 12:00:00.123456+00', '2026-01-01 00:00:00.000001+00',
     '2026-01-02 00:00+00', NULL),
    ('a0000000-0000-4000-8000-000000000002', 'kept_2',
     '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRz$aGFzaGhhc2hoYXNoaGFzaA', NULL, NULL, NULL, 'offline', NULL,
     '1999-12-31 23:59:59.999999+00', '2026-01-02 00:00+00', '2026-02-01 00:00+00');

INSERT INTO contacts (user_id, contact_id, status, requested_by, nickname, created_at, accepted_at, blocked_at)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000002', 'blocked',
     'a0000000-0000-4000-8000-000000000002', E'two\nlines', '2026-01-01 00:00+00', '2026-01-01 01:00+00',
     '2026-01-01 02:00+00'),
    ('a0000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000001', 'pending',
     'a0000000-0000-4000-8000-000000000002', NULL, '2026-01-01 00:00+00', NULL, NULL);

INSERT INTO chats
    (id, type, name, slug, description, avatar_url, created_by, created_at, updated_at, is_deleted, deleted_at)
VALUES
    ('b0000000-0000-4000-8000-000000000001', 'group', ' Kept ', 'kept-group', 'What is kept', 'http://example.com',
     'a0000000-0000-4000-8000-000000000001', '2026-01-01 00:00+00', '2026-01-01 00:00+00', true, '2026-03-01 00:00+00'),
    ('b0000000-0000-4000-8000-000000000002', 'direct', NULL,
     'direct-a0000000-0000-4000-8000-000000000001-a0000000-0000-4000-8000-000000000002', NULL, NULL, NULL,
     '2026-01-01 00:00+00', '2026-01-01 00:00+00', false, NULL);

INSERT INTO chat_participants (chat_id, user_id, role, added_by, joined_at, left_at, muted_until, pinned_at)
VALUES
    ('b0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000001', 'owner', NULL,
     '2026-01-01 00:00+00', NULL, '2100-01-01 00:00+00', '2026-01-01 00:00+00'),
    ('b0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000002', 'member',
     'a0000000-0000-4000-8000-000000000001', '2026-01-01 00:00+00', '2026-01-05 00:00+00', NULL, NULL);

-- Ids of 2026-01-02 12:00 UTC, of a text, the deleted reply to it, and what the system said.
INSERT INTO messages
    (id, chat_id, sender_id, content, content_type, metadata, reply_to_id, is_edited, edited_at, is_deleted, deleted_at,
     deleted_by, created_at)
VALUES
    ('019b7e94-3200-7000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001',
     'a0000000-0000-4000-8000-000000000001', repeat('é', 10000), 'text', '{"a": [1, 2.50, null], "b": "\u2603"}', NULL,
     true, '2026-01-02 12:00:01+00', false, NULL, NULL, '2026-01-02 12:00+00'),
    ('019b7e94-3200-7000-8000-000000000002', 'b0000000-0000-4000-8000-000000000001',
     'a0000000-0000-4000-8000-000000000002', '', 'text', '{}', '019b7e94-3200-7000-8000-000000000001', false, NULL,
     true, '2026-01-02 13:00+00', 'a0000000-0000-4000-8000-000000000001', '2026-01-02 12:00+00'),
    ('019b7e94-3200-7000-8000-000000000003', 'b0000000-0000-4000-8000-000000000001', NULL, 'Kept 2 left', 'system', '{}',
     NULL, false, NULL, false, NULL, NULL, '2026-01-02 12:00+00');

INSERT INTO attachments
    (id, chat_id, message_id, position, file_name, file_type, file_size, storage_key, medium_key, thumbnail_key, width,
     height, blurhash, checksum_sha256, created_at)
VALUES
    ('c0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001',
     '019b7e94-3200-7000-8000-000000000001', 1, 'Kept ünd.png', 'image/png', 10485760, 'kept/1', 'kept/1m', 'kept/1t', 4000,
     3000, 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', sha256('1'), '2026-01-02 12:00+00'),
    ('c0000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000001',
     '019b7e94-3200-7000-8000-000000000001', 5, '2.gif', 'image/gif', 1, 'kept/2', NULL, NULL, NULL, NULL, NULL,
     sha256('2'), '2026-01-02 12:00+00');

INSERT INTO message_reactions (chat_id, message_id, user_id, emoji, created_at)
VALUES
    ('b0000000-0000-4000-8000-000000000001', '019b7e94-3200-7000-8000-000000000001',
     'a0000000-0000-4000-8000-000000000002', '👩‍👩‍👧', '2026-01-02 12:00+00'),
    ('b0000000-0000-4000-8000-000000000001', '019b7e94-3200-7000-8000-000000000001',
     'a0000000-0000-4000-8000-000000000002', '👍🏽', '2026-01-02 12:00+00');

INSERT INTO message_delivery (chat_id, message_id, user_id, status, delivered_at, read_at, created_at)
VALUES
    ('b0000000-0000-4000-8000-000000000001', '019b7e94-3200-7000-8000-000000000001',
     'a0000000-0000-4000-8000-000000000002', 'read', '2026-01-02 12:00:02+00', '2026-01-02 12:00:02.000001+00',
     '2026-01-02 12:00+00'),
    ('b0000000-0000-4000-8000-000000000001', '019b7e94-3200-7000-8000-000000000003',
     'a0000000-0000-4000-8000-000000000001', 'pending', NULL, NULL, '2026-01-02 12:00+00');

INSERT INTO unread_messages (chat_id, user_id, message_id, created_at)
VALUES
    ('b0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000001',
     '019b7e94-3200-7000-8000-000000000003', '2026-01-02 12:00+00');

INSERT INTO user_sessions
    (id, user_id, token_hash, device_id, device_type, device_name, socket_id, ip_address, user_agent, is_active,
     last_activity_at, created_at, expires_at, revoked_at, replaced_by)
VALUES
    ('d0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000001', sha256('kept 1'), 'device 1', 'ios',
     'Zoë''s phone', 'socket 1', '2001:db8::1/64', 'Kept/1.0 (\\)', true, '2026-01-02 12:00+00', '2026-01-01 00:00+00',
     '2100-01-01 00:00+00', NULL, NULL),
    ('d0000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000001', sha256('kept 2'), NULL, NULL, NULL,
     NULL, '192.0.2.1', NULL, false, '2026-01-02 12:00+00', '2026-01-01 00:00+00', '2026-02-01 00:00+00',
     '2026-01-03 00:00+00', 'd0000000-0000-4000-8000-000000000001');
