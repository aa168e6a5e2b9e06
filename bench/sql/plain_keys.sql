-- The keys and indexes of the plain layout: what must be unique, every foreign key's column, and what its queries filter
-- and sort by. Checks that only restate an enumeration are kept; the rules that need more are left out, in its favour.
ALTER TABLE users
    ADD PRIMARY KEY (id),
    ADD UNIQUE (username),
    ADD CHECK (status IN ('online', 'offline', 'away'));

CREATE INDEX ON users (status, last_seen_at);

ALTER TABLE user_sessions
    ADD PRIMARY KEY (id),
    ADD UNIQUE (token_hash),
    ADD FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;

CREATE INDEX ON user_sessions (user_id);

CREATE INDEX ON user_sessions (last_activity_at);

CREATE INDEX ON user_sessions (expires_at);

ALTER TABLE chats
    ADD PRIMARY KEY (id),
    ADD UNIQUE (slug),
    ADD FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL,
    ADD CHECK (type IN ('direct', 'group'));

ALTER TABLE chat_participants
    ADD PRIMARY KEY (id),
    ADD UNIQUE (chat_id, user_id),
    ADD FOREIGN KEY (chat_id) REFERENCES chats (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (added_by) REFERENCES users (id) ON DELETE SET NULL,
    ADD CHECK (role IN ('owner', 'admin', 'member'));

CREATE INDEX ON chat_participants (user_id);

ALTER TABLE messages
    ADD PRIMARY KEY (id),
    ADD FOREIGN KEY (chat_id) REFERENCES chats (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (sender_id) REFERENCES users (id) ON DELETE SET NULL,
    ADD FOREIGN KEY (deleted_by) REFERENCES users (id) ON DELETE SET NULL,
    ADD CHECK (content_type IN ('text', 'image', 'system'));

ALTER TABLE messages
    ADD FOREIGN KEY (reply_to_id) REFERENCES messages (id) ON DELETE SET NULL;

CREATE INDEX ON messages (chat_id, created_at);

CREATE INDEX ON messages (sender_id);

CREATE INDEX ON messages (reply_to_id);

CREATE INDEX ON messages USING gin (words);

ALTER TABLE message_reactions
    ADD PRIMARY KEY (id),
    ADD UNIQUE (message_id, user_id, emoji),
    ADD FOREIGN KEY (message_id) REFERENCES messages (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;

CREATE INDEX ON message_reactions (user_id);

ALTER TABLE message_delivery
    ADD PRIMARY KEY (id),
    ADD UNIQUE (message_id, user_id),
    ADD FOREIGN KEY (message_id) REFERENCES messages (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    ADD CHECK (status IN ('pending', 'delivered', 'read'));

CREATE INDEX ON message_delivery (user_id, status);

ALTER TABLE unread_messages
    ADD PRIMARY KEY (id),
    ADD UNIQUE (message_id, user_id),
    ADD FOREIGN KEY (chat_id) REFERENCES chats (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (message_id) REFERENCES messages (id) ON DELETE CASCADE;

CREATE INDEX ON unread_messages (user_id, chat_id);

CREATE INDEX ON unread_messages (chat_id);
