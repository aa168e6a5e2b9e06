-- One more row of each table, whatever rows are there: what make db-new RECIPE= writes for the rows that a migration must
-- keep. A new table gets its own here; a new column gets a value, so that each later migration must keep one.

-- name: users
INSERT INTO users (username, password_hash)
VALUES ('u' || left(replace(gen_random_uuid()::text, '-', ''), 20), '$2b$12$' || repeat('a', 53));

-- name: contacts
WITH people AS (
    INSERT INTO users (username, password_hash)
    SELECT 'u' || left(replace(gen_random_uuid()::text, '-', ''), 20), '$2b$12$' || repeat('a', 53)
    FROM generate_series(1, 2)
    RETURNING id
)
INSERT INTO contacts (user_id, contact_id, requested_by, nickname)
SELECT me.id, other.id, (SELECT id FROM people ORDER BY id LIMIT 1), 'Nickname'
FROM people AS me JOIN people AS other ON other.id <> me.id;

-- name: chats
INSERT INTO chats (type, name, slug)
VALUES ('group', 'Group', 'group-' || gen_random_uuid());

-- name: chat_participants
WITH new_chat AS (
    INSERT INTO chats (type, name, slug)
    VALUES ('group', 'Group', 'group-' || gen_random_uuid())
    RETURNING id
)
INSERT INTO chat_participants (chat_id, user_id)
SELECT new_chat.id, (SELECT id FROM users ORDER BY id LIMIT 1)
FROM new_chat;

-- name: messages
INSERT INTO messages (chat_id, sender_id, content)
SELECT chat_id, user_id, 'Kept'
FROM chat_participants
ORDER BY chat_id, user_id
LIMIT 1;

-- name: attachments
WITH new_message AS (
    INSERT INTO messages (chat_id, sender_id, content, content_type)
    SELECT chat_id, user_id, '', 'image'
    FROM chat_participants
    ORDER BY chat_id, user_id
    LIMIT 1
    RETURNING chat_id, id
)
INSERT INTO attachments (chat_id, message_id, position, file_name, file_type, file_size, storage_key, checksum_sha256)
SELECT chat_id, id, 1, 'kept.png', 'image/png', 1, 'kept/' || id, sha256(id::text::bytea)
FROM new_message;

-- name: message_reactions
WITH new_message AS (
    INSERT INTO messages (chat_id, sender_id, content)
    SELECT chat_id, user_id, 'Kept'
    FROM chat_participants
    ORDER BY chat_id, user_id
    LIMIT 1
    RETURNING chat_id, id, sender_id
)
INSERT INTO message_reactions (chat_id, message_id, user_id, emoji)
SELECT chat_id, id, sender_id, '👍'
FROM new_message;

-- name: message_delivery
WITH new_message AS (
    INSERT INTO messages (chat_id, sender_id, content)
    SELECT chat_id, user_id, 'Kept'
    FROM chat_participants
    ORDER BY chat_id, user_id
    LIMIT 1
    RETURNING chat_id, id, sender_id
)
INSERT INTO message_delivery (chat_id, message_id, user_id)
SELECT chat_id, id, sender_id
FROM new_message;

-- name: unread_messages
WITH new_message AS (
    INSERT INTO messages (chat_id, sender_id, content)
    SELECT chat_id, user_id, 'Kept'
    FROM chat_participants
    ORDER BY chat_id, user_id
    LIMIT 1
    RETURNING chat_id, id, sender_id
), new_delivery AS (
    INSERT INTO message_delivery (chat_id, message_id, user_id)
    SELECT chat_id, id, sender_id
    FROM new_message
    RETURNING chat_id, message_id, user_id
)
INSERT INTO unread_messages (chat_id, message_id, user_id)
SELECT chat_id, message_id, user_id
FROM new_delivery;

-- name: user_sessions
INSERT INTO user_sessions (user_id, token_hash, expires_at)
SELECT id, sha256(gen_random_uuid()::text::bytea), '2100-01-01'
FROM users
ORDER BY id
LIMIT 1;
