-- The rows of the schema, in a plain layout. People and chats keep their ids, which are random anyway.
INSERT INTO users
SELECT *
FROM public.users;

INSERT INTO user_sessions
SELECT *
FROM public.user_sessions;

INSERT INTO chats
SELECT *
FROM public.chats;

INSERT INTO chat_participants (chat_id, user_id, role, added_by, joined_at, left_at, muted_until, pinned_at)
SELECT
    chat_id,
    user_id,
    role,
    added_by,
    joined_at,
    left_at,
    muted_until,
    pinned_at
FROM public.chat_participants;

INSERT INTO messages (
    id,
    chat_id,
    sender_id,
    content,
    content_type,
    metadata,
    reply_to_id,
    is_edited,
    edited_at,
    is_deleted,
    deleted_at,
    deleted_by,
    created_at
)
SELECT
    message_id(id),
    chat_id,
    sender_id,
    content,
    content_type,
    metadata,
    message_id(reply_to_id),
    is_edited,
    edited_at,
    is_deleted,
    deleted_at,
    deleted_by,
    created_at
FROM public.messages;

INSERT INTO message_reactions (message_id, user_id, emoji, created_at)
SELECT
    message_id(message_id),
    user_id,
    emoji,
    created_at
FROM public.message_reactions;

INSERT INTO message_delivery (message_id, user_id, status, delivered_at, read_at, created_at)
SELECT
    message_id(message_id),
    user_id,
    status,
    delivered_at,
    read_at,
    created_at
FROM public.message_delivery;

INSERT INTO unread_messages (chat_id, user_id, message_id, created_at)
SELECT
    chat_id,
    user_id,
    message_id(message_id),
    created_at
FROM public.unread_messages;
