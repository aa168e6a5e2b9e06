-- The messenger's ten tables: who talks (users, contacts), where (chats, chat_participants), what is said (messages,
-- attachments, message_reactions), who has it (message_delivery, unread_messages), from which device (user_sessions).
--
-- Why it is shaped like this:
-- * Nothing names a schema, so one database takes the same file several times, once a tenant, through search_path.
--   The functions touch no table and call pg_catalog alone, so no caller's search_path changes what they do.
-- * Message ids are UUIDv7: they sort by time, so new rows land at the right edge of every index.
-- * chat_id travels with every fan-out row, so composite keys refuse a stranger's message, receipt or reaction.
-- * Enumerations are varchar with a CHECK: widening one later swaps a CHECK and rewrites nothing.
-- * A rule that depends on an enumeration lets unknown values pass: the enumeration's own CHECK is what refuses those,
--   so the name in an error is always the name of the rule that was broken.
--
-- Where two rules met on a real server:
-- * "Refused by name" against "checked in the order of names": PostgreSQL tries CHECKs alphabetically, so
--   messages_id_is_v7 is named to be tried before messages_id_near_created_at, which any other UUID breaks too.
-- * "Unique without regard to case" against the database's locale: lower() of a Turkish database does not fold I to i.
--   username and slug hold ASCII alone and carry COLLATE "C", so they compare alike everywhere.
-- * "Not blank" against the locale: \s knows the Unicode spaces in some locales only, so is_blank() lists them, with the
--   control, zero-width and filler characters that show as nothing. A URL is ASCII (RFC 3986).
-- * One definition against speed: each statement parses all CHECKs of a table from text, and a function in one is parsed
--   again. So the tables of hot statements (users, messages, message_reactions) repeat the body of is_blank(), and their
--   rules are few; a test holds the copies equal.
-- * "Every foreign key is indexed" against "no redundant index": a partial index of those still active does not serve
--   a key, so chat_participants has its plain (user_id) index beside the partial one that starts alike.
-- * updated_at against late transactions: CURRENT_TIMESTAMP is when a transaction began, so an older one that ends last
--   would turn the time back. The trigger takes the later of the old value and the clock, and lets no insert set a time
--   that later updates could not reach.
-- * What no update may do against the price of triggers: a BEFORE trigger locks each row of every update first, a
--   heartbeat's too, so these are AFTER UPDATE OF the column (the foreign keys fetch the old row anyway).
-- * Defaults and CHECKs run as whoever inserts, and PUBLIC gets nothing: a role that writes needs EXECUTE on uuid_v7(),
--   is_blank() and is_one_line().

CREATE FUNCTION uuid_v7() RETURNS uuid
    LANGUAGE sql
    VOLATILE
    PARALLEL SAFE
    -- 15 hex digits are the time in 1/4096 ms: 12 for the milliseconds, 3 below; the version, 7, goes between them.
    -- The rest, from the digit with the variant on, is that of a random UUID.
    RETURN (
        overlay(
            lpad(to_hex((extract(epoch FROM clock_timestamp()) * 4096000)::bigint), 15, '0')
            PLACING '7' FROM 13 FOR 0
        )
        || substr(gen_random_uuid()::text, 20)
    )::uuid;

COMMENT ON FUNCTION uuid_v7() IS
    'A UUID of version 7 (RFC 9562): 48 bits of Unix time in ms, 12 bits below the millisecond, 62 random bits.';

REVOKE ALL ON FUNCTION uuid_v7() FROM PUBLIC;

CREATE FUNCTION is_blank(value text) RETURNS boolean
    LANGUAGE sql
    IMMUTABLE
    PARALLEL SAFE
    RETURN value !~ '[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f\U000e0100-\U000e01ef]';

COMMENT ON FUNCTION is_blank(text) IS
    'Whether a text shows as nothing: it is empty, or all white space, control, zero-width and filler characters.';

REVOKE ALL ON FUNCTION is_blank(text) FROM PUBLIC;

CREATE FUNCTION is_one_line(value text) RETURNS boolean
    LANGUAGE sql
    IMMUTABLE
    PARALLEL SAFE
    RETURN value !~ '[\u0001-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]';

COMMENT ON FUNCTION is_one_line(text) IS
    'Whether a name leaves its surroundings alone: no control character, line break or bidirectional override.';

REVOKE ALL ON FUNCTION is_one_line(text) FROM PUBLIC;

CREATE FUNCTION set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- A new row has no OLD.
    IF OLD.id IS NOT NULL OR NEW.updated_at > pg_catalog.clock_timestamp() THEN
        NEW.updated_at := GREATEST(OLD.updated_at, pg_catalog.clock_timestamp());
    END IF;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION set_updated_at() IS
    'Trigger function: sets updated_at to now on every update, never back in time; an insert cannot set it ahead.';

REVOKE ALL ON FUNCTION set_updated_at() FROM PUBLIC;

CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE check_violation USING
        MESSAGE = pg_catalog.format(
            '%s of a row of relation "%s" violates trigger "%s"', pg_catalog.lower(TG_OP), TG_TABLE_NAME, TG_NAME
        ),
        SCHEMA = TG_TABLE_SCHEMA,
        TABLE = TG_TABLE_NAME,
        CONSTRAINT = TG_NAME;
END;
$$;

COMMENT ON FUNCTION refuse_change() IS
    'Trigger function: refuses a change that its trigger''s WHEN describes, as a CHECK of the trigger''s name would.';

REVOKE ALL ON FUNCTION refuse_change() FROM PUBLIC;

CREATE TABLE users (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    username varchar(50) COLLATE "C" NOT NULL,
    password_hash varchar(255) NOT NULL,
    display_name varchar(100),
    bio varchar(500),
    avatar_url varchar(500),
    status varchar(20) NOT NULL DEFAULT 'offline',
    last_seen_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted_at timestamptz,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_username_key UNIQUE (username),
    CONSTRAINT users_username_format
        CHECK (username ~ '^[A-Za-z0-9_]{3,50}$'),
    CONSTRAINT users_password_hash_format
        CHECK (
            password_hash ~ '^\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}$'
            OR password_hash ~ '^\$argon2id\$v=[0-9]+\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}$'
        ),
    CONSTRAINT users_display_name_not_blank
        CHECK (display_name ~ '[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f\U000e0100-\U000e01ef]'),
    CONSTRAINT users_display_name_one_line
        CHECK (is_one_line(display_name)),
    CONSTRAINT users_avatar_url_http
        CHECK (avatar_url ~ '^https?://[!-.0-~][!-~]*$'),
    CONSTRAINT users_status_valid
        CHECK (status IN ('online', 'offline', 'away')),
    CONSTRAINT users_times_finite
        CHECK (
            isfinite(last_seen_at)
            AND isfinite(created_at)
            AND isfinite(deleted_at)
        )
)
-- Room on each page keeps heartbeats (last_seen_at) HOT.
WITH (fillfactor = 70);

COMMENT ON TABLE users IS 'People who can log in and chat.';

COMMENT ON COLUMN users.id IS 'Random id of the user.';

COMMENT ON COLUMN users.username IS 'Login name: 3 to 50 letters, digits or underscores, unique without regard to case.';

COMMENT ON COLUMN users.password_hash IS 'bcrypt or argon2id hash of the password, never the password.';

COMMENT ON COLUMN users.display_name IS 'Name shown to others; the username is shown when missing.';

COMMENT ON COLUMN users.bio IS 'What the user says about themselves.';

COMMENT ON COLUMN users.avatar_url IS 'http or https address of the picture.';

COMMENT ON COLUMN users.status IS 'Presence: online, offline or away.';

COMMENT ON COLUMN users.last_seen_at IS 'Time of the last heartbeat; missing when never seen.';

COMMENT ON COLUMN users.created_at IS 'Time of signing up.';

COMMENT ON COLUMN users.updated_at IS 'Time of the last change of this row, kept by a trigger.';

COMMENT ON COLUMN users.deleted_at IS 'Time the user left; the row is purged later, in batches.';

COMMENT ON CONSTRAINT users_pkey ON users IS 'One row for each id; finds a user.';

COMMENT ON CONSTRAINT users_username_key ON users IS
    'No two users have the same name; declared although users_username_lower_key implies it, for tools that know '
    'UNIQUE constraints but not expression indexes.';

COMMENT ON CONSTRAINT users_username_format ON users IS
    '3 to 50 letters, digits or underscores, ASCII alone, so that names compare alike in every locale.';

COMMENT ON CONSTRAINT users_password_hash_format ON users IS
    'A whole bcrypt or argon2id hash, so that no password is ever stored in its place.';

COMMENT ON CONSTRAINT users_display_name_not_blank ON users IS
    'Shows as something: not empty, nor only white space and invisible characters.';

COMMENT ON CONSTRAINT users_display_name_one_line ON users IS
    'No control character, line break or bidirectional override: a name does not turn its surroundings around.';

COMMENT ON CONSTRAINT users_avatar_url_http ON users IS
    'An http or https address of visible ASCII characters (RFC 3986).';

COMMENT ON CONSTRAINT users_status_valid ON users IS 'The states of presence there are.';

COMMENT ON CONSTRAINT users_times_finite ON users IS 'Points in time, not infinity, which no client can show.';

CREATE UNIQUE INDEX users_username_lower_key ON users (lower(username));

COMMENT ON INDEX users_username_lower_key IS
    'No two names differ in case alone, against look-alikes; finds a user by a name however it is typed.';

CREATE INDEX users_id_present_idx ON users (id) INCLUDE (status) WHERE status <> 'offline';

COMMENT ON INDEX users_id_present_idx IS 'Presence of some users, without reading those who are offline.';

CREATE INDEX users_deleted_at_set_idx ON users (deleted_at) WHERE deleted_at IS NOT NULL;

COMMENT ON INDEX users_deleted_at_set_idx IS 'Purging: who left longest ago.';

CREATE TRIGGER users_set_updated_at
    BEFORE INSERT OR UPDATE ON users
    FOR EACH ROW
    EXECUTE FUNCTION set_updated_at();

COMMENT ON TRIGGER users_set_updated_at ON users IS 'Keeps updated_at.';

CREATE TRIGGER users_leave_before_purge
    BEFORE DELETE ON users
    FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL)
    EXECUTE FUNCTION refuse_change();

COMMENT ON TRIGGER users_leave_before_purge ON users IS
    'Only who has left (deleted_at) is purged: no stray DELETE takes a user away with all that hangs on them.';

CREATE TABLE contacts (
    user_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'pending',
    requested_by uuid NOT NULL,
    nickname varchar(100),
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    accepted_at timestamptz,
    blocked_at timestamptz,
    CONSTRAINT contacts_pkey PRIMARY KEY (user_id, contact_id),
    CONSTRAINT contacts_user_id_fkey
        FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT contacts_contact_id_fkey
        FOREIGN KEY (contact_id) REFERENCES users (id) ON DELETE CASCADE,
    -- A cascade would let a blocked person delete the block.
    CONSTRAINT contacts_contact_id_user_id_fkey
        FOREIGN KEY (contact_id, user_id) REFERENCES contacts (user_id, contact_id)
        ON DELETE NO ACTION DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT contacts_not_self
        CHECK (user_id <> contact_id),
    CONSTRAINT contacts_status_valid
        CHECK (status IN ('pending', 'accepted', 'blocked')),
    CONSTRAINT contacts_requested_by_either
        CHECK (requested_by IN (user_id, contact_id)),
    CONSTRAINT contacts_accepted_has_accepted_at
        CHECK (status <> 'accepted' OR accepted_at IS NOT NULL),
    CONSTRAINT contacts_pending_has_no_accepted_at
        CHECK (status <> 'pending' OR accepted_at IS NULL),
    CONSTRAINT contacts_blocked_has_blocked_at
        CHECK ((status = 'blocked') = (blocked_at IS NOT NULL)),
    CONSTRAINT contacts_times_finite
        CHECK (
            isfinite(created_at)
            AND isfinite(accepted_at)
            AND isfinite(blocked_at)
        )
);

COMMENT ON TABLE contacts IS 'Who knows whom, seen from user_id; each row has its mirror with the two people swapped.';

COMMENT ON COLUMN contacts.user_id IS 'The user whose contact this is.';

COMMENT ON COLUMN contacts.contact_id IS 'The other user.';

COMMENT ON COLUMN contacts.status IS 'How user_id stands to contact_id: pending, accepted or blocked (by user_id).';

COMMENT ON COLUMN contacts.requested_by IS 'Which of the two asked.';

COMMENT ON COLUMN contacts.nickname IS 'What user_id calls the other.';

COMMENT ON COLUMN contacts.created_at IS 'Time of the request.';

COMMENT ON COLUMN contacts.accepted_at IS 'Time the request was accepted.';

COMMENT ON COLUMN contacts.blocked_at IS 'Time user_id blocked the other; there exactly while blocked.';

COMMENT ON CONSTRAINT contacts_pkey ON contacts IS
    'One row for each pair and direction; finds how one user stands to another.';

COMMENT ON CONSTRAINT contacts_user_id_fkey ON contacts IS 'A purged user has no contacts.';

COMMENT ON CONSTRAINT contacts_contact_id_fkey ON contacts IS 'A purged user is nobody''s contact.';

COMMENT ON CONSTRAINT contacts_contact_id_user_id_fkey ON contacts IS
    'Each row has its mirror: one INSERT or DELETE names both, so that nobody deletes another''s block.';

COMMENT ON CONSTRAINT contacts_not_self ON contacts IS 'Nobody is their own contact.';

COMMENT ON CONSTRAINT contacts_status_valid ON contacts IS 'The ways of standing to one another there are.';

COMMENT ON CONSTRAINT contacts_requested_by_either ON contacts IS 'One of the two asked.';

COMMENT ON CONSTRAINT contacts_accepted_has_accepted_at ON contacts IS 'What is accepted has the time it was.';

COMMENT ON CONSTRAINT contacts_pending_has_no_accepted_at ON contacts IS 'What is pending was not accepted.';

COMMENT ON CONSTRAINT contacts_blocked_has_blocked_at ON contacts IS
    'What is blocked has the time it was, and nothing else has.';

COMMENT ON CONSTRAINT contacts_times_finite ON contacts IS 'Points in time, not infinity.';

CREATE INDEX contacts_contact_id_idx ON contacts (contact_id);

COMMENT ON INDEX contacts_contact_id_idx IS 'Purging a user: the rows in which others have them.';

CREATE INDEX contacts_user_id_status_idx ON contacts (user_id, status);

COMMENT ON INDEX contacts_user_id_status_idx IS 'A user''s contacts of one status.';

CREATE INDEX contacts_user_id_created_at_pending_idx ON contacts (user_id, created_at)
    WHERE status = 'pending' AND requested_by <> user_id;

COMMENT ON INDEX contacts_user_id_created_at_pending_idx IS 'The requests that wait for a user''s answer, by time.';

CREATE TABLE chats (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    type varchar(20) NOT NULL,
    name varchar(100),
    slug varchar(100) COLLATE "C" NOT NULL,
    description varchar(500),
    avatar_url varchar(500),
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    is_deleted boolean NOT NULL DEFAULT false,
    deleted_at timestamptz,
    CONSTRAINT chats_pkey PRIMARY KEY (id),
    CONSTRAINT chats_slug_key UNIQUE (slug),
    CONSTRAINT chats_created_by_fkey
        FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT chats_type_valid
        CHECK (type IN ('direct', 'group')),
    CONSTRAINT chats_group_has_name
        CHECK (type <> 'group' OR (name IS NOT NULL AND NOT is_blank(name))),
    CONSTRAINT chats_name_one_line
        CHECK (is_one_line(name)),
    CONSTRAINT chats_direct_has_no_name
        CHECK (type <> 'direct' OR name IS NULL),
    CONSTRAINT chats_slug_format
        CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT chats_direct_slug
        CHECK (
            type <> 'direct'
            OR (
                slug ~ '^direct(-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}){2}$'
                AND substr(slug, 8, 36) < substr(slug, 45, 36)
            )
        ),
    CONSTRAINT chats_group_slug
        CHECK (type <> 'group' OR slug !~ '^direct(-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}){2}$'),
    CONSTRAINT chats_avatar_url_http
        CHECK (avatar_url ~ '^https?://[!-.0-~][!-~]*$'),
    CONSTRAINT chats_deleted_has_deleted_at
        CHECK (is_deleted = (deleted_at IS NOT NULL)),
    CONSTRAINT chats_times_finite
        CHECK (
            isfinite(created_at)
            AND isfinite(deleted_at)
        )
);

COMMENT ON TABLE chats IS 'Conversations: direct ones between two people, and groups.';

COMMENT ON COLUMN chats.id IS 'Random id of the chat.';

COMMENT ON COLUMN chats.type IS 'direct (two people) or group.';

COMMENT ON COLUMN chats.name IS 'Name of a group; a direct chat has none.';

COMMENT ON COLUMN chats.slug IS 'Name for addresses: lower-case words with hyphens; direct-<smaller uuid>-<larger uuid> in a direct chat.';

COMMENT ON COLUMN chats.description IS 'What the chat is about.';

COMMENT ON COLUMN chats.avatar_url IS 'http or https address of the picture.';

COMMENT ON COLUMN chats.created_by IS 'The user who made the chat; missing when that user is gone. The owner is in chat_participants.';

COMMENT ON COLUMN chats.created_at IS 'Time the chat was made.';

COMMENT ON COLUMN chats.updated_at IS 'Time of the last change of this row, kept by a trigger; a message does not change it.';

COMMENT ON COLUMN chats.is_deleted IS 'Whether the chat was deleted.';

COMMENT ON COLUMN chats.deleted_at IS 'Time the chat was deleted; there exactly when it was.';

COMMENT ON CONSTRAINT chats_pkey ON chats IS 'One row for each id; finds a chat.';

COMMENT ON CONSTRAINT chats_slug_key ON chats IS
    'No two chats have the same address, so two people have one direct chat; finds a chat by its address.';

COMMENT ON CONSTRAINT chats_created_by_fkey ON chats IS 'A chat outlives the user who made it.';

COMMENT ON CONSTRAINT chats_type_valid ON chats IS 'The kinds of chat there are.';

COMMENT ON CONSTRAINT chats_group_has_name ON chats IS 'A group has a name that shows as something.';

COMMENT ON CONSTRAINT chats_name_one_line ON chats IS
    'No control character, line break or bidirectional override: a name does not turn its surroundings around.';

COMMENT ON CONSTRAINT chats_direct_has_no_name ON chats IS
    'A direct chat is called by the other''s name, and has none of its own.';

COMMENT ON CONSTRAINT chats_slug_format ON chats IS 'Lower-case words and digits, joined by single hyphens.';

COMMENT ON CONSTRAINT chats_direct_slug ON chats IS
    'In a direct chat the two users'' ids, the smaller first, so that both begin the same chat.';

COMMENT ON CONSTRAINT chats_group_slug ON chats IS 'A group does not take the address of a direct chat.';

COMMENT ON CONSTRAINT chats_avatar_url_http ON chats IS
    'An http or https address of visible ASCII characters (RFC 3986).';

COMMENT ON CONSTRAINT chats_deleted_has_deleted_at ON chats IS 'A deleted chat has the time it was, and no other has.';

COMMENT ON CONSTRAINT chats_times_finite ON chats IS 'Points in time, not infinity.';

CREATE INDEX chats_created_by_set_idx ON chats (created_by) WHERE created_by IS NOT NULL;

COMMENT ON INDEX chats_created_by_set_idx IS 'Purging a user: the chats they made.';

CREATE TRIGGER chats_set_updated_at
    BEFORE INSERT OR UPDATE ON chats
    FOR EACH ROW
    EXECUTE FUNCTION set_updated_at();

COMMENT ON TRIGGER chats_set_updated_at ON chats IS 'Keeps updated_at.';

CREATE TABLE chat_participants (
    chat_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role varchar(20) NOT NULL DEFAULT 'member',
    added_by uuid,
    joined_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    left_at timestamptz,
    muted_until timestamptz,
    pinned_at timestamptz,
    CONSTRAINT chat_participants_pkey PRIMARY KEY (chat_id, user_id),
    CONSTRAINT chat_participants_chat_id_fkey
        FOREIGN KEY (chat_id) REFERENCES chats (id) ON DELETE CASCADE,
    CONSTRAINT chat_participants_user_id_fkey
        FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT chat_participants_added_by_fkey
        FOREIGN KEY (added_by) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT chat_participants_role_valid
        CHECK (role IN ('owner', 'admin', 'member')),
    CONSTRAINT chat_participants_left_at_not_before_joined_at
        CHECK (left_at >= joined_at),
    CONSTRAINT chat_participants_left_is_member
        CHECK (left_at IS NULL OR role = 'member'),
    CONSTRAINT chat_participants_times_finite
        CHECK (
            isfinite(joined_at)
            AND isfinite(left_at)
            AND isfinite(muted_until)
            AND isfinite(pinned_at)
        )
);

COMMENT ON TABLE chat_participants IS 'Who is, or was, in which chat.';

COMMENT ON COLUMN chat_participants.chat_id IS 'The chat.';

COMMENT ON COLUMN chat_participants.user_id IS 'The user in it.';

COMMENT ON COLUMN chat_participants.role IS 'owner (at most one a chat), admin or member.';

COMMENT ON COLUMN chat_participants.added_by IS 'The user who added this one; missing when nobody did, or that user is gone.';

COMMENT ON COLUMN chat_participants.joined_at IS 'Time of joining.';

COMMENT ON COLUMN chat_participants.left_at IS 'Time of leaving; missing while active. The row stays.';

COMMENT ON COLUMN chat_participants.muted_until IS 'No notifications before this time.';

COMMENT ON COLUMN chat_participants.pinned_at IS 'Time the user pinned the chat to the top of the list.';

COMMENT ON CONSTRAINT chat_participants_pkey ON chat_participants IS
    'One row for each user in a chat; finds what a user may do there, and is what composite keys point to.';

COMMENT ON CONSTRAINT chat_participants_chat_id_fkey ON chat_participants IS 'The participants go with their chat.';

COMMENT ON CONSTRAINT chat_participants_user_id_fkey ON chat_participants IS 'A purged user is in no chat.';

COMMENT ON CONSTRAINT chat_participants_added_by_fkey ON chat_participants IS
    'Who was added stays when the one who added them is purged.';

COMMENT ON CONSTRAINT chat_participants_role_valid ON chat_participants IS 'The roles there are.';

COMMENT ON CONSTRAINT chat_participants_left_at_not_before_joined_at ON chat_participants IS
    'Nobody leaves before they joined.';

COMMENT ON CONSTRAINT chat_participants_left_is_member ON chat_participants IS
    'Who has left is a plain member: an owner or admin gives the role up first, or with it.';

COMMENT ON CONSTRAINT chat_participants_times_finite ON chat_participants IS
    'Points in time, not infinity: who mutes for good names a far year.';

CREATE UNIQUE INDEX chat_participants_chat_id_owner_key ON chat_participants (chat_id) WHERE role = 'owner';

COMMENT ON INDEX chat_participants_chat_id_owner_key IS 'A chat has at most one owner; finds the owner.';

CREATE INDEX chat_participants_chat_id_user_id_active_idx ON chat_participants (chat_id, user_id) WHERE left_at IS NULL;

COMMENT ON INDEX chat_participants_chat_id_user_id_active_idx IS 'Sending: who is in a chat now.';

CREATE INDEX chat_participants_user_id_chat_id_active_idx ON chat_participants (user_id, chat_id) WHERE left_at IS NULL;

COMMENT ON INDEX chat_participants_user_id_chat_id_active_idx IS 'A user''s list of chats: those they are in now.';

CREATE INDEX chat_participants_user_id_idx ON chat_participants (user_id);

COMMENT ON INDEX chat_participants_user_id_idx IS
    'Purging a user: all their chats, also those they left, which no partial index knows.';

CREATE INDEX chat_participants_added_by_set_idx ON chat_participants (added_by) WHERE added_by IS NOT NULL;

COMMENT ON INDEX chat_participants_added_by_set_idx IS 'Purging a user: whom they added.';

CREATE TABLE messages (
    id uuid NOT NULL DEFAULT uuid_v7(),
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
    CONSTRAINT messages_pkey PRIMARY KEY (id),
    CONSTRAINT messages_chat_id_id_key UNIQUE (chat_id, id),
    CONSTRAINT messages_chat_id_fkey
        FOREIGN KEY (chat_id) REFERENCES chats (id) ON DELETE CASCADE,
    CONSTRAINT messages_chat_id_sender_id_fkey
        FOREIGN KEY (chat_id, sender_id) REFERENCES chat_participants (chat_id, user_id)
        ON DELETE SET NULL (sender_id),
    CONSTRAINT messages_chat_id_deleted_by_fkey
        FOREIGN KEY (chat_id, deleted_by) REFERENCES chat_participants (chat_id, user_id)
        ON DELETE SET NULL (deleted_by),
    CONSTRAINT messages_chat_id_reply_to_id_fkey
        FOREIGN KEY (chat_id, reply_to_id) REFERENCES messages (chat_id, id)
        ON DELETE SET NULL (reply_to_id),
    CONSTRAINT messages_id_is_v7
        CHECK (id::text ~ '^.{14}7.{4}[89ab]'),
    -- In milliseconds: a day is 86,400,000, a minute 60,000.
    CONSTRAINT messages_id_near_created_at
        CHECK (
            ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint - extract(epoch FROM created_at) * 1000
            BETWEEN -86400000 AND 60000
        ),
    CONSTRAINT messages_content_length
        CHECK (char_length(content) <= 10000),
    CONSTRAINT messages_content_not_blank
        CHECK (
            content ~ '[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f\U000e0100-\U000e01ef]'
            OR content_type <> 'text'
            OR is_deleted
        ),
    CONSTRAINT messages_content_type_valid
        CHECK (content_type IN ('text', 'image', 'system')),
    CONSTRAINT messages_system_has_no_sender
        CHECK (content_type <> 'system' OR sender_id IS NULL),
    CONSTRAINT messages_metadata_object
        CHECK (jsonb_typeof(metadata) = 'object'),
    CONSTRAINT messages_metadata_size
        CHECK (octet_length(metadata::text) <= 16384),
    CONSTRAINT messages_not_own_reply
        CHECK (reply_to_id <> id),
    CONSTRAINT messages_edited_at_when_edited
        CHECK (
            CASE
                WHEN is_edited THEN (edited_at >= created_at AND isfinite(edited_at)) IS TRUE
                ELSE edited_at IS NULL
            END
        ),
    CONSTRAINT messages_deleted_at_when_deleted
        CHECK (
            CASE
                WHEN is_deleted THEN (deleted_at >= created_at AND isfinite(deleted_at)) IS TRUE
                ELSE deleted_at IS NULL
            END
        ),
    CONSTRAINT messages_deleted_by_only_deleted
        CHECK (is_deleted OR deleted_by IS NULL)
);

COMMENT ON TABLE messages IS 'What was said in a chat, oldest id first.';

COMMENT ON COLUMN messages.id IS 'UUIDv7: sorts by time; may be made by the client, so that a repeated send is stored once.';

COMMENT ON COLUMN messages.chat_id IS 'The chat it was said in.';

COMMENT ON COLUMN messages.sender_id IS 'The participant who said it; missing for system messages and when that participant is gone.';

COMMENT ON COLUMN messages.content IS 'The text, at most 10,000 characters; of an image, its caption.';

COMMENT ON COLUMN messages.content_type IS 'text, image or system.';

COMMENT ON COLUMN messages.metadata IS 'JSON object for what has no column of its own.';

COMMENT ON COLUMN messages.reply_to_id IS 'The message of the same chat this one answers; missing when that is gone.';

COMMENT ON COLUMN messages.is_edited IS 'Whether the sender changed it.';

COMMENT ON COLUMN messages.edited_at IS 'Time of the last change; there exactly when edited.';

COMMENT ON COLUMN messages.is_deleted IS 'Whether it was deleted; the row stays as a place in the history.';

COMMENT ON COLUMN messages.deleted_at IS 'Time of the deletion; there exactly when deleted.';

COMMENT ON COLUMN messages.deleted_by IS 'The participant who deleted it; missing when that participant is gone.';

COMMENT ON COLUMN messages.created_at IS 'Time of sending; the time in the id is at most a day before and a minute after it.';

COMMENT ON CONSTRAINT messages_pkey ON messages IS
    'One row for each id, so a repeated send is stored once; finds a message.';

COMMENT ON CONSTRAINT messages_chat_id_id_key ON messages IS
    'The history of a chat, read in both directions; what the composite keys point to.';

COMMENT ON CONSTRAINT messages_chat_id_fkey ON messages IS 'The messages go with their chat.';

COMMENT ON CONSTRAINT messages_chat_id_sender_id_fkey ON messages IS
    'Who writes is, or was, in the chat; the message outlives them.';

COMMENT ON CONSTRAINT messages_chat_id_deleted_by_fkey ON messages IS 'Who deletes is, or was, in the chat.';

COMMENT ON CONSTRAINT messages_chat_id_reply_to_id_fkey ON messages IS
    'A reply answers a message of the same chat, and outlives it.';

COMMENT ON CONSTRAINT messages_id_is_v7 ON messages IS
    'A UUID of version 7, so that new rows land at the right edge of every index.';

COMMENT ON CONSTRAINT messages_id_near_created_at ON messages IS
    'The time in the id is at most a day before created_at, for what a client sends late, and a minute after it, so '
    'that nobody pins a message to the top of a history.';

COMMENT ON CONSTRAINT messages_content_length ON messages IS 'At most 10,000 characters.';

COMMENT ON CONSTRAINT messages_content_not_blank ON messages IS 'A text that is not deleted shows as something.';

COMMENT ON CONSTRAINT messages_content_type_valid ON messages IS 'The kinds of message there are.';

COMMENT ON CONSTRAINT messages_system_has_no_sender ON messages IS 'What the system says, nobody sent.';

COMMENT ON CONSTRAINT messages_metadata_object ON messages IS 'A JSON object, not a list or a bare value.';

COMMENT ON CONSTRAINT messages_metadata_size ON messages IS
    'At most 16,384 bytes as text, so that it is no way round the length of content.';

COMMENT ON CONSTRAINT messages_not_own_reply ON messages IS 'No message answers itself.';

COMMENT ON CONSTRAINT messages_edited_at_when_edited ON messages IS
    'An edited message has the time it was, not before it was sent, and no other has.';

COMMENT ON CONSTRAINT messages_deleted_at_when_deleted ON messages IS
    'A deleted message has the time it was, not before it was sent, and no other has.';

COMMENT ON CONSTRAINT messages_deleted_by_only_deleted ON messages IS 'Only what is deleted was deleted by somebody.';

CREATE INDEX messages_sender_id_chat_id_set_idx ON messages (sender_id, chat_id) WHERE sender_id IS NOT NULL;

COMMENT ON INDEX messages_sender_id_chat_id_set_idx IS 'Purging a user: what they sent.';

CREATE INDEX messages_deleted_by_set_idx ON messages (deleted_by) WHERE deleted_by IS NOT NULL;

COMMENT ON INDEX messages_deleted_by_set_idx IS 'Purging a user: what they deleted.';

CREATE INDEX messages_reply_to_id_set_idx ON messages (reply_to_id) WHERE reply_to_id IS NOT NULL;

COMMENT ON INDEX messages_reply_to_id_set_idx IS
    'The replies to a message; deleting a message: whose reply_to_id goes.';

CREATE INDEX messages_content_chat_id_search_idx ON messages
    USING gin ((to_tsvector('pg_catalog.english', content) || array_to_tsvector(ARRAY[chat_id::text])))
    -- In kB: each search reads the whole list of what is not sorted in yet, and 4 MB of it cost eight times a search.
    WITH (gin_pending_list_limit = 256)
    WHERE content_type = 'text' AND NOT is_deleted;

COMMENT ON INDEX messages_content_chat_id_search_idx IS
    'Full-text search in English within chats: the chat''s id is one more word, so only their rows are read.';

CREATE TRIGGER messages_sender_unchanged
    AFTER UPDATE OF sender_id ON messages
    FOR EACH ROW
    WHEN (NEW.sender_id IS NOT NULL AND NEW.sender_id IS DISTINCT FROM OLD.sender_id)
    EXECUTE FUNCTION refuse_change();

COMMENT ON TRIGGER messages_sender_unchanged ON messages IS
    'Nobody is made the sender of what was sent already; the sender goes only with the participant.';

CREATE TRIGGER messages_edit_marked
    AFTER UPDATE OF content, is_edited ON messages
    FOR EACH ROW
    WHEN (NOT NEW.is_edited AND NOT NEW.is_deleted AND (OLD.is_edited OR NEW.content <> OLD.content))
    EXECUTE FUNCTION refuse_change();

COMMENT ON TRIGGER messages_edit_marked ON messages IS
    'A text changes only with the mark that it was edited, which stays.';

CREATE TRIGGER messages_deletion_final
    AFTER UPDATE OF is_deleted ON messages
    FOR EACH ROW
    WHEN (OLD.is_deleted AND NOT NEW.is_deleted)
    EXECUTE FUNCTION refuse_change();

COMMENT ON TRIGGER messages_deletion_final ON messages IS 'What is deleted stays deleted.';

CREATE TABLE attachments (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    chat_id uuid NOT NULL,
    message_id uuid NOT NULL,
    position smallint NOT NULL,
    file_name varchar(255) NOT NULL,
    file_type varchar(50) NOT NULL,
    file_size integer NOT NULL,
    storage_key varchar(500) NOT NULL,
    medium_key varchar(500),
    thumbnail_key varchar(500),
    width integer,
    height integer,
    blurhash varchar(100),
    checksum_sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT attachments_pkey PRIMARY KEY (id),
    CONSTRAINT attachments_message_id_position_key UNIQUE (message_id, position),
    CONSTRAINT attachments_storage_key_key UNIQUE (storage_key),
    CONSTRAINT attachments_chat_id_message_id_fkey
        FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, id) ON DELETE CASCADE,
    CONSTRAINT attachments_position_range
        CHECK (position BETWEEN 1 AND 5),
    CONSTRAINT attachments_file_name_not_blank
        CHECK (NOT is_blank(file_name)),
    CONSTRAINT attachments_file_name_bare
        CHECK (file_name !~ '[/\\]' AND file_name NOT IN ('.', '..')),
    CONSTRAINT attachments_file_name_one_line
        CHECK (is_one_line(file_name)),
    CONSTRAINT attachments_storage_key_not_blank
        CHECK (NOT is_blank(storage_key)),
    -- A segment that is empty, . or .. is what an absolute or climbing path has.
    CONSTRAINT attachments_keys_relative
        CHECK (
            storage_key !~ '(^|[/\\])\.{0,2}([/\\]|$)'
            AND medium_key !~ '(^|[/\\])\.{0,2}([/\\]|$)'
            AND thumbnail_key !~ '(^|[/\\])\.{0,2}([/\\]|$)'
        ),
    CONSTRAINT attachments_file_type_valid
        CHECK (file_type IN ('image/jpeg', 'image/png', 'image/gif', 'image/webp')),
    CONSTRAINT attachments_file_size_range
        CHECK (file_size BETWEEN 1 AND 10485760),
    CONSTRAINT attachments_width_with_height
        CHECK ((width IS NULL) = (height IS NULL)),
    CONSTRAINT attachments_width_positive
        CHECK (width > 0),
    CONSTRAINT attachments_height_positive
        CHECK (height > 0),
    CONSTRAINT attachments_checksum_sha256_length
        CHECK (octet_length(checksum_sha256) = 32)
);

COMMENT ON TABLE attachments IS 'Pictures sent with a message, at most five.';

COMMENT ON COLUMN attachments.id IS 'Random id of the attachment.';

COMMENT ON COLUMN attachments.chat_id IS 'The chat of the message.';

COMMENT ON COLUMN attachments.message_id IS 'The message it was sent with.';

COMMENT ON COLUMN attachments.position IS 'Place within the message, 1 to 5.';

COMMENT ON COLUMN attachments.file_name IS 'Name of the file as it was uploaded, without a path.';

COMMENT ON COLUMN attachments.file_type IS 'Media type: image/jpeg, image/png, image/gif or image/webp.';

COMMENT ON COLUMN attachments.file_size IS 'Size in bytes, 1 to 10,485,760 (10 MiB).';

COMMENT ON COLUMN attachments.storage_key IS 'Key of the original in the object store.';

COMMENT ON COLUMN attachments.medium_key IS 'Key of the medium-sized copy, once made.';

COMMENT ON COLUMN attachments.thumbnail_key IS 'Key of the thumbnail, once made.';

COMMENT ON COLUMN attachments.width IS 'Width in pixels; missing together with the height.';

COMMENT ON COLUMN attachments.height IS 'Height in pixels; missing together with the width.';

COMMENT ON COLUMN attachments.blurhash IS 'BlurHash shown while the picture loads.';

COMMENT ON COLUMN attachments.checksum_sha256 IS 'SHA-256 of the original, 32 bytes.';

COMMENT ON COLUMN attachments.created_at IS 'Time of the upload.';

COMMENT ON CONSTRAINT attachments_pkey ON attachments IS 'One row for each id; finds an attachment.';

COMMENT ON CONSTRAINT attachments_message_id_position_key ON attachments IS
    'One attachment for each place, so at most five; finds those of a message, in their order.';

COMMENT ON CONSTRAINT attachments_storage_key_key ON attachments IS
    'No two attachments share a file; finds whose a file is.';

COMMENT ON CONSTRAINT attachments_chat_id_message_id_fkey ON attachments IS
    'The attachments go with their message, and are of its chat.';

COMMENT ON CONSTRAINT attachments_position_range ON attachments IS 'At most five a message.';

COMMENT ON CONSTRAINT attachments_file_name_not_blank ON attachments IS
    'Shows as something: not empty, nor only white space and invisible characters.';

COMMENT ON CONSTRAINT attachments_file_name_bare ON attachments IS
    'A name without a path: no slash, no backslash, neither . nor .., so that a download stays in its folder.';

COMMENT ON CONSTRAINT attachments_file_name_one_line ON attachments IS
    'No control character, line break or bidirectional override: a download''s header and extension are what they seem.';

COMMENT ON CONSTRAINT attachments_storage_key_not_blank ON attachments IS 'Names something in the object store.';

COMMENT ON CONSTRAINT attachments_keys_relative ON attachments IS
    'Keys of the object store are relative: no segment between slashes or backslashes is empty, . or .., so that none '
    'leads out of its folder.';

COMMENT ON CONSTRAINT attachments_file_type_valid ON attachments IS 'The kinds of picture there are.';

COMMENT ON CONSTRAINT attachments_file_size_range ON attachments IS '1 byte to 10 MiB.';

COMMENT ON CONSTRAINT attachments_width_with_height ON attachments IS 'Both width and height are known, or neither.';

COMMENT ON CONSTRAINT attachments_width_positive ON attachments IS 'At least one pixel wide.';

COMMENT ON CONSTRAINT attachments_height_positive ON attachments IS 'At least one pixel high.';

COMMENT ON CONSTRAINT attachments_checksum_sha256_length ON attachments IS 'As long as a SHA-256 is.';

CREATE TABLE message_reactions (
    chat_id uuid NOT NULL,
    message_id uuid NOT NULL,
    user_id uuid NOT NULL,
    emoji varchar(32) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT message_reactions_pkey PRIMARY KEY (message_id, user_id, emoji, chat_id),
    CONSTRAINT message_reactions_chat_id_message_id_fkey
        FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, id) ON DELETE CASCADE,
    CONSTRAINT message_reactions_chat_id_user_id_fkey
        FOREIGN KEY (chat_id, user_id) REFERENCES chat_participants (chat_id, user_id) ON DELETE CASCADE,
    CONSTRAINT message_reactions_emoji_not_blank
        CHECK (emoji ~ '[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f\U000e0100-\U000e01ef]'),
    -- The zero-width joiner (U+200D) within an emoji is no space.
    CONSTRAINT message_reactions_emoji_without_space
        CHECK (emoji !~ '[\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200b\u2028-\u202f\u205f\u2066-\u2069\u2800\u3000\u3164\ufeff]')
);

COMMENT ON TABLE message_reactions IS 'Emoji that participants put under a message.';

COMMENT ON COLUMN message_reactions.chat_id IS 'The chat of the message.';

COMMENT ON COLUMN message_reactions.message_id IS 'The message.';

COMMENT ON COLUMN message_reactions.user_id IS 'The participant who reacted.';

COMMENT ON COLUMN message_reactions.emoji IS 'The emoji, up to 32 characters: skin tones and joiners make one emoji long.';

COMMENT ON COLUMN message_reactions.created_at IS 'Time of the reaction.';

COMMENT ON CONSTRAINT message_reactions_pkey ON message_reactions IS
    'The same emoji once for each user and message, which fixes the chat: that is in the key so that a deleted row '
    'names its chat in a change feed, and its shard; finds the reactions to a page of messages.';

COMMENT ON CONSTRAINT message_reactions_chat_id_message_id_fkey ON message_reactions IS
    'The reactions go with their message, and are of its chat.';

COMMENT ON CONSTRAINT message_reactions_chat_id_user_id_fkey ON message_reactions IS
    'Who reacts is, or was, in the chat.';

COMMENT ON CONSTRAINT message_reactions_emoji_not_blank ON message_reactions IS 'Shows as something.';

COMMENT ON CONSTRAINT message_reactions_emoji_without_space ON message_reactions IS
    'No white space, control character or bidirectional override; the joiner within an emoji is none of them.';

CREATE INDEX message_reactions_user_id_chat_id_idx ON message_reactions (user_id, chat_id);

COMMENT ON INDEX message_reactions_user_id_chat_id_idx IS
    'Purging a user, or a participant: what they put under messages.';

CREATE TABLE message_delivery (
    chat_id uuid NOT NULL,
    message_id uuid NOT NULL,
    user_id uuid NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'pending',
    delivered_at timestamptz,
    read_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT message_delivery_pkey PRIMARY KEY (message_id, user_id, chat_id),
    CONSTRAINT message_delivery_chat_id_message_id_fkey
        FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, id) ON DELETE CASCADE,
    CONSTRAINT message_delivery_chat_id_user_id_fkey
        FOREIGN KEY (chat_id, user_id) REFERENCES chat_participants (chat_id, user_id) ON DELETE CASCADE,
    CONSTRAINT message_delivery_status_valid
        CHECK (status IN ('pending', 'delivered', 'read')),
    CONSTRAINT message_delivery_times_match_status
        CHECK (
            CASE status
                WHEN 'pending' THEN delivered_at IS NULL AND read_at IS NULL
                WHEN 'delivered' THEN delivered_at IS NOT NULL AND read_at IS NULL
                WHEN 'read' THEN delivered_at IS NOT NULL AND read_at IS NOT NULL
                ELSE true
            END
        ),
    CONSTRAINT message_delivery_times_in_order
        CHECK (
            created_at <= delivered_at
            AND delivered_at <= read_at
            AND isfinite(GREATEST(delivered_at, read_at))
        )
)
-- Room on each page keeps delivered -> read HOT: no index holds what changes then.
WITH (fillfactor = 70);

COMMENT ON TABLE message_delivery IS 'Receipts: one row for each recipient of a message.';

COMMENT ON COLUMN message_delivery.chat_id IS 'The chat of the message.';

COMMENT ON COLUMN message_delivery.message_id IS 'The message.';

COMMENT ON COLUMN message_delivery.user_id IS 'The recipient.';

COMMENT ON COLUMN message_delivery.status IS 'pending, delivered or read.';

COMMENT ON COLUMN message_delivery.delivered_at IS 'Time a device of the recipient had it; not before it was sent.';

COMMENT ON COLUMN message_delivery.read_at IS 'Time the recipient read it; not before it was delivered.';

COMMENT ON COLUMN message_delivery.created_at IS 'Time of sending.';

COMMENT ON CONSTRAINT message_delivery_pkey ON message_delivery IS
    'One receipt for each recipient, in an order that puts new rows at the right edge; finds the receipts of a message.';

COMMENT ON CONSTRAINT message_delivery_chat_id_message_id_fkey ON message_delivery IS
    'The receipts go with their message, and are of its chat.';

COMMENT ON CONSTRAINT message_delivery_chat_id_user_id_fkey ON message_delivery IS
    'Who receives is, or was, in the chat.';

COMMENT ON CONSTRAINT message_delivery_status_valid ON message_delivery IS 'The steps of a delivery there are.';

COMMENT ON CONSTRAINT message_delivery_times_match_status ON message_delivery IS
    'pending has neither time, delivered has the first, read has both.';

COMMENT ON CONSTRAINT message_delivery_times_in_order ON message_delivery IS
    'Nothing is delivered before it is sent, nor read before it is delivered, nor at infinity.';

-- Not (user_id, chat_id): the planner takes the two for independent and this index for as good as the key, so that the
-- check of an unread row's key read the recipient's whole history in the chat (tried: 23,612 pages a send instead of 68).
-- Whether it is pending, not its status: as a second column that costs a send nothing, and reading leaves it as it is.
CREATE INDEX message_delivery_user_id_is_pending_idx ON message_delivery (user_id, (delivered_at IS NULL));

COMMENT ON INDEX message_delivery_user_id_is_pending_idx IS
    'What is pending for a user, however much they have not read; purging a user, or a participant: their receipts.';

CREATE TABLE unread_messages (
    chat_id uuid NOT NULL,
    user_id uuid NOT NULL,
    message_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT unread_messages_pkey PRIMARY KEY (user_id, chat_id, message_id),
    CONSTRAINT unread_messages_message_id_user_id_chat_id_fkey
        FOREIGN KEY (message_id, user_id, chat_id) REFERENCES message_delivery (message_id, user_id, chat_id)
        ON DELETE CASCADE
);

COMMENT ON TABLE unread_messages IS 'One row for each message a user has not read, deleted when it is read.';

COMMENT ON COLUMN unread_messages.chat_id IS 'The chat of the message.';

COMMENT ON COLUMN unread_messages.user_id IS 'The user who has not read it.';

COMMENT ON COLUMN unread_messages.message_id IS 'The message.';

COMMENT ON COLUMN unread_messages.created_at IS 'Time of sending.';

COMMENT ON CONSTRAINT unread_messages_pkey ON unread_messages IS
    'One row for each user and message; counts what a user has not read, in a chat or in all, from the index alone.';

COMMENT ON CONSTRAINT unread_messages_message_id_user_id_chat_id_fkey ON unread_messages IS
    'Nothing is unread that was not sent to that user: this one key checks message, participant and receipt.';

CREATE TABLE user_sessions (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    device_id varchar(255),
    device_type varchar(50),
    device_name varchar(100),
    socket_id varchar(255),
    ip_address inet,
    user_agent varchar(1000),
    is_active boolean NOT NULL DEFAULT true,
    last_activity_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    replaced_by uuid,
    CONSTRAINT user_sessions_pkey PRIMARY KEY (id),
    CONSTRAINT user_sessions_token_hash_key UNIQUE (token_hash),
    CONSTRAINT user_sessions_user_id_id_key UNIQUE (user_id, id),
    CONSTRAINT user_sessions_user_id_fkey
        FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT user_sessions_user_id_replaced_by_fkey
        FOREIGN KEY (user_id, replaced_by) REFERENCES user_sessions (user_id, id)
        ON DELETE SET NULL (replaced_by),
    CONSTRAINT user_sessions_token_hash_length
        CHECK (octet_length(token_hash) = 32),
    CONSTRAINT user_sessions_device_type_valid
        CHECK (device_type IN ('web', 'ios', 'android', 'desktop')),
    CONSTRAINT user_sessions_expires_at_after_created_at
        CHECK (expires_at > created_at),
    CONSTRAINT user_sessions_revoked_not_active
        CHECK (revoked_at IS NULL OR NOT is_active),
    CONSTRAINT user_sessions_not_replaced_by_self
        CHECK (replaced_by <> id),
    CONSTRAINT user_sessions_times_finite
        CHECK (
            isfinite(last_activity_at)
            AND isfinite(created_at)
            AND isfinite(expires_at)
            AND isfinite(revoked_at)
        )
)
-- Room on each page keeps heartbeats (last_activity_at) HOT.
WITH (fillfactor = 70);

COMMENT ON TABLE user_sessions IS 'Logins of users, one a device.';

COMMENT ON COLUMN user_sessions.id IS 'Random id of the session.';

COMMENT ON COLUMN user_sessions.user_id IS 'The user who logged in.';

COMMENT ON COLUMN user_sessions.token_hash IS 'SHA-256 of the session token, 32 bytes; the token itself is never stored.';

COMMENT ON COLUMN user_sessions.device_id IS 'What the device calls itself, the same across its logins.';

COMMENT ON COLUMN user_sessions.device_type IS 'web, ios, android or desktop.';

COMMENT ON COLUMN user_sessions.device_name IS 'What the user calls the device.';

COMMENT ON COLUMN user_sessions.socket_id IS 'The open connection to the device; unique while the session is active.';

COMMENT ON COLUMN user_sessions.ip_address IS 'Address of the device at its last login.';

COMMENT ON COLUMN user_sessions.user_agent IS 'What the program on the device says of itself.';

COMMENT ON COLUMN user_sessions.is_active IS 'Whether the session may be used; never true once revoked.';

COMMENT ON COLUMN user_sessions.last_activity_at IS 'Time of the last heartbeat.';

COMMENT ON COLUMN user_sessions.created_at IS 'Time of the login.';

COMMENT ON COLUMN user_sessions.expires_at IS 'Time from which the session is no longer good; after created_at.';

COMMENT ON COLUMN user_sessions.revoked_at IS 'Time of the logout.';

COMMENT ON COLUMN user_sessions.replaced_by IS 'The session of the same user that took over when the token was rotated.';

COMMENT ON CONSTRAINT user_sessions_pkey ON user_sessions IS 'One row for each id; finds a session.';

COMMENT ON CONSTRAINT user_sessions_token_hash_key ON user_sessions IS
    'No two sessions share a token; finds the session of a request.';

COMMENT ON CONSTRAINT user_sessions_user_id_id_key ON user_sessions IS
    'What replaced_by points to, so that it stays with the same user; finds all sessions of a user.';

COMMENT ON CONSTRAINT user_sessions_user_id_fkey ON user_sessions IS 'A purged user has no sessions.';

COMMENT ON CONSTRAINT user_sessions_user_id_replaced_by_fkey ON user_sessions IS
    'A session is replaced by one of the same user, and outlives it.';

COMMENT ON CONSTRAINT user_sessions_token_hash_length ON user_sessions IS 'As long as a SHA-256 is.';

COMMENT ON CONSTRAINT user_sessions_device_type_valid ON user_sessions IS 'The kinds of device there are.';

COMMENT ON CONSTRAINT user_sessions_expires_at_after_created_at ON user_sessions IS 'A session is good for some time.';

COMMENT ON CONSTRAINT user_sessions_revoked_not_active ON user_sessions IS 'After a logout a session may not be used.';

COMMENT ON CONSTRAINT user_sessions_not_replaced_by_self ON user_sessions IS 'No session replaces itself.';

COMMENT ON CONSTRAINT user_sessions_times_finite ON user_sessions IS
    'Points in time, not infinity: a session that never expires is none.';

CREATE INDEX user_sessions_user_id_active_idx ON user_sessions (user_id) WHERE is_active;

COMMENT ON INDEX user_sessions_user_id_active_idx IS 'A user''s sessions that may be used.';

CREATE UNIQUE INDEX user_sessions_socket_id_active_key ON user_sessions (socket_id) WHERE is_active;

COMMENT ON INDEX user_sessions_socket_id_active_key IS 'A connection has at most one active session; finds it.';

CREATE INDEX user_sessions_expires_at_idx ON user_sessions (expires_at);

COMMENT ON INDEX user_sessions_expires_at_idx IS 'Cleaning up: what expired longest ago.';

CREATE TRIGGER user_sessions_not_revived
    AFTER UPDATE OF is_active ON user_sessions
    FOR EACH ROW
    WHEN (NEW.is_active AND NOT OLD.is_active)
    EXECUTE FUNCTION refuse_change();

COMMENT ON TRIGGER user_sessions_not_revived ON user_sessions IS
    'A session that has ended stays so: whoever holds its token logs in again.';
