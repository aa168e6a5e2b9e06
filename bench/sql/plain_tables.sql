-- The plain layout, as many applications begin: random ids, a surrogate key on every table, single-column foreign keys,
-- ordering by created_at. Keys and indexes come after the rows: plain_keys.sql. Made in the schema that search_path names.
CREATE TABLE users (LIKE public.users INCLUDING DEFAULTS);

CREATE TABLE user_sessions (LIKE public.user_sessions INCLUDING DEFAULTS);

CREATE TABLE chats (LIKE public.chats INCLUDING DEFAULTS);

CREATE TABLE chat_participants (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    chat_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role varchar(20) NOT NULL DEFAULT 'member',
    added_by uuid,
    joined_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    left_at timestamptz,
    muted_until timestamptz,
    pinned_at timestamptz
);

CREATE TABLE messages (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    chat_id uuid NOT NULL,
    sender_id uuid,
    content text NOT NULL,
    content_type varchar(20) NOT NULL DEFAULT 'text',
    metadata jsonb NOT NULL DEFAULT '{}',
    reply_to_id uuid,
    is_edited boolean NOT NULL DEFAULT false,
    edited_at timestamptz,
    is_deleted boolean NOT NULL DEFAULT false,
    deleted_at timestamptz,
    deleted_by uuid,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    words tsvector GENERATED ALWAYS AS (to_tsvector('pg_catalog.english', content)) STORED
);

CREATE TABLE message_reactions (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    message_id uuid NOT NULL,
    user_id uuid NOT NULL,
    emoji varchar(32) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE message_delivery (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    message_id uuid NOT NULL,
    user_id uuid NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'pending',
    delivered_at timestamptz,
    read_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE unread_messages (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    chat_id uuid NOT NULL,
    user_id uuid NOT NULL,
    message_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
