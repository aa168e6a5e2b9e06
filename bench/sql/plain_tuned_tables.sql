-- What costs nobody a rule, for the plain layout that is tuned: ids by time, and room on the pages that are updated.
CREATE FUNCTION message_id(id uuid) RETURNS uuid
    LANGUAGE sql
    IMMUTABLE
    STRICT
    PARALLEL SAFE
    RETURN id;

CREATE FUNCTION bench_new_id() RETURNS uuid
    LANGUAGE sql
    RETURN uuidv7();

ALTER TABLE chat_participants
    ALTER COLUMN id SET DEFAULT uuidv7();

ALTER TABLE messages
    ALTER COLUMN id SET DEFAULT uuidv7();

ALTER TABLE message_reactions
    ALTER COLUMN id SET DEFAULT uuidv7();

ALTER TABLE message_delivery
    ALTER COLUMN id SET DEFAULT uuidv7(),
    SET (fillfactor = 70);

ALTER TABLE unread_messages
    ALTER COLUMN id SET DEFAULT uuidv7();

ALTER TABLE users SET (fillfactor = 70);

ALTER TABLE user_sessions SET (fillfactor = 70);
