-- Five hundred people in one chat, each with a session and one message to read: several pages of every table.
INSERT INTO users (id, username, password_hash)
SELECT format('00000000-0000-4000-8000-%s', lpad(n::text, 12, '0'))::uuid, 'user_' || n, '$2b$12$' || repeat('a', 53)
FROM generate_series(1000, 1499) AS n;

INSERT INTO user_sessions (user_id, token_hash, expires_at)
SELECT id, sha256(uuid_send(id)), '2100-01-01 00:00+00' FROM users WHERE username LIKE 'user\_%';

INSERT INTO chat_participants (chat_id, user_id)
SELECT chats.id, users.id FROM chats CROSS JOIN users WHERE chats.slug = 'group' AND username LIKE 'user\_%';

INSERT INTO message_delivery (chat_id, message_id, user_id)
SELECT p.chat_id, m.id, p.user_id
FROM chat_participants AS p
JOIN messages AS m ON m.chat_id = p.chat_id AND m.content = 'First'
JOIN users AS u ON u.id = p.user_id
WHERE username LIKE 'user\_%';
