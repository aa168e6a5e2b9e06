-- The rows of the schema, in the plain layout. People and chats keep their ids, which are random anyway; a message's is
-- made random by md5.
CREATE FUNCTION plain.message_id(id uuid) RETURNS uuid
    LANGUAGE sql
    IMMUTABLE
    STRICT
    PARALLEL SAFE
    RETURN md5(id::text)::uuid;

INSERT INTO plain.users
SELECT *
FROM public.users;

INSERT INTO plain.user_sessions
SELECT *
FROM public.user_sessions;

INSERT INTO plain.chats
SELECT *
FROM public.chats;

INSERT INTO plain.chat_participants (chat_id, user_id, role, added_by, joined_at, left_at, muted_until, pinned_at)
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

INSERT INTO plain.messages (
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
    plain.message_id(id),
    chat_id,
    sender_id,
    content,
    content_type,
    metadata,
    plain.message_id(reply_to_id),
    is_edited,
    edited_at,
    is_deleted,
    deleted_at,
    deleted_by,
    created_at
FROM public.messages;

INSERT INTO plain.message_reactions (message_id, user_id, emoji, created_at)
SELECT
    plain.message_id(message_id),
    user_id,
    emoji,
    created_at
FROM public.message_reactions;

INSERT INTO plain.message_delivery (message_id, user_id, status, delivered_at, read_at, created_at)
SELECT
    plain.message_id(message_id),
    user_id,
    status,
    delivered_at,
    read_at,
    created_at
FROM public.message_delivery;

INSERT INTO plain.unread_messages (chat_id, user_id, message_id, created_at)
SELECT
    chat_id,
    user_id,
    plain.message_id(message_id),
    created_at
FROM public.unread_messages;
