-- A messenger that is sharded by chat on a Citus cluster: what of the schema changes for that, as statements.

-- name: is_sharded()
-- The table is made with the form, and is of no use without it.
SELECT to_regclass(quote_ident(current_schema()) || '.chat_slugs') IS NOT NULL;

-- name: has_citus()
SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus');

-- name: schemas()
-- The schema of the functions, and that of the tables.
SELECT
    quote_ident(current_schema() || '_on_node'),
    quote_ident(current_schema());

-- name: distributed()
-- The tables of the schema that Citus has taken over; not those that it keeps on the coordinator, as they refer to one.
SELECT relname
FROM pg_dist_partition
JOIN pg_class ON pg_class.oid = logicalrelid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND (partmethod, repmodel, colocationid) <> ('n', 's', 0);

-- name: tables()
-- The tables of the migrations, and the column that each is sharded by: what is of a chat goes with the chat, and what
-- has no column for that (NULL) is on every node. Those first, as others refer to them, then chats. Tables of extensions
-- stay as they are.
SELECT
    relname,
    CASE relname
        WHEN 'chats' THEN 'id'
        WHEN 'presence' THEN 'session_id'
        ELSE attname
    END AS key
FROM pg_class
LEFT JOIN pg_attribute ON attrelid = pg_class.oid
    AND attname = 'chat_id'
    AND NOT attisdropped
    AND relname <> 'chat_slugs'
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('r', 'p')
    AND NOT relispartition
    AND relname !~ '^(_yoyo_|yoyo_lock$)'
    AND NOT EXISTS (
        SELECT
        FROM pg_depend
        WHERE classid = 'pg_class'::regclass
            AND objid = pg_class.oid
            AND deptype = 'e'
    )
ORDER BY
    attname IS NOT NULL OR relname = 'chats',
    relname <> 'chats',
    relname;

-- name: foreign_keys(tables)
-- The statements that drop the foreign keys from and to these tables and add them again. Citus takes no SET NULL in a key
-- that holds the sharding column: such a key refuses instead, and whoever deletes sets to NULL first.
SELECT
    format('ALTER TABLE %I DROP CONSTRAINT %I', pg_class.relname, conname),
    format(
        'ALTER TABLE %I ADD CONSTRAINT %I %s',
        pg_class.relname,
        conname,
        CASE
            WHEN attname IS NULL THEN pg_get_constraintdef(pg_constraint.oid)
            ELSE regexp_replace(pg_get_constraintdef(pg_constraint.oid), ' ON DELETE SET NULL \(.*\)', '')
        END
    ),
    format('COMMENT ON CONSTRAINT %I ON %I IS ', conname, pg_class.relname)
    || quote_literal(obj_description(pg_constraint.oid, 'pg_constraint'))
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
JOIN pg_class AS referenced ON referenced.oid = confrelid
LEFT JOIN pg_attribute ON attrelid = conrelid
    AND attname = 'chat_id'
    AND attnum = ANY (conkey)
WHERE contype = 'f'
    AND conparentid = 0
    AND connamespace = to_regnamespace(quote_ident(current_schema()))
    AND (pg_class.relname = ANY (:tables) OR referenced.relname = ANY (:tables))
ORDER BY
    pg_class.relname,
    conname;

-- name: keys(table, column)
-- The statements that put the sharding column into the keys of a table: no node can keep what is unique on all of them.
SELECT
    format(
        'ALTER TABLE %I DROP CONSTRAINT %I, ADD CONSTRAINT %I %s',
        relname, conname, conname, regexp_replace(pg_get_constraintdef(pg_constraint.oid), '\)', format(', %I)', :column))
    ),
    format('COMMENT ON CONSTRAINT %I ON %I IS ', conname, pg_class.relname)
    || quote_literal(obj_description(pg_constraint.oid, 'pg_constraint'))
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
JOIN pg_attribute ON attrelid = conrelid
    AND attname = :column
WHERE contype IN ('p', 'u')
    AND connamespace = to_regnamespace(quote_ident(current_schema()))
    AND relname = :table
    AND attnum <> ALL (conkey)
ORDER BY conname;

-- name: session()
-- For this transaction, on Citus: one connection to each node, as it may change tables that refer to one another; and
-- triggers are taken, which Citus cannot know to be safe. Other servers take these for settings that nobody reads.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';
SET LOCAL citus.enable_unsafe_triggers = on;

-- name: reference_table(table)
SELECT create_reference_table(quote_ident(:table));

-- name: distributed_table(table, column, colocate_with)
SELECT create_distributed_table(quote_ident(:table), :column, colocate_with := :colocate_with);

-- name: create_tables()
-- Each node would set the time by its own clock, and the copies of a user would differ: the statements set it.
DROP TRIGGER users_set_updated_at ON users;

CREATE TABLE chat_slugs (
    slug varchar(100) COLLATE "C" NOT NULL,
    chat_id uuid NOT NULL,
    CONSTRAINT chat_slugs_pkey PRIMARY KEY (slug),
    CONSTRAINT chat_slugs_slug_chat_id_key UNIQUE (slug, chat_id)
);

COMMENT ON TABLE chat_slugs IS 'The addresses of all chats, on every node: a chat has its own, and no other has it.';

COMMENT ON COLUMN chat_slugs.slug IS 'The address.';

COMMENT ON COLUMN chat_slugs.chat_id IS 'The chat, written after its address, in the same transaction.';

COMMENT ON CONSTRAINT chat_slugs_pkey ON chat_slugs IS 'No two chats have the same address; finds a chat by its address.';

COMMENT ON CONSTRAINT chat_slugs_slug_chat_id_key ON chat_slugs IS 'What the key of chats points to.';

-- Without a key to user_sessions, for which Citus would refuse to read this table and then write to users in one statement.
CREATE TABLE presence (
    session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    status varchar(20) NOT NULL,
    last_seen_at timestamptz NOT NULL,
    CONSTRAINT presence_pkey PRIMARY KEY (session_id),
    CONSTRAINT presence_status_valid CHECK (status IN ('online', 'offline', 'away')),
    CONSTRAINT presence_last_seen_at_finite CHECK (isfinite(last_seen_at))
)
WITH (fillfactor = 70);

COMMENT ON TABLE presence IS
    'Heartbeats that users and user_sessions, which are on every node, do not have yet: one row a session, sharded by session.';

COMMENT ON COLUMN presence.session_id IS 'The session.';

COMMENT ON COLUMN presence.user_id IS 'The user of the session.';

COMMENT ON COLUMN presence.status IS 'online, offline or away.';

COMMENT ON COLUMN presence.last_seen_at IS 'Time of the heartbeat.';

COMMENT ON CONSTRAINT presence_pkey ON presence IS 'One row for each session.';

COMMENT ON CONSTRAINT presence_status_valid ON presence IS 'The states of presence there are.';

COMMENT ON CONSTRAINT presence_last_seen_at_finite ON presence IS 'A point in time, not infinity.';

CREATE INDEX presence_last_seen_at_idx ON presence (last_seen_at);

COMMENT ON INDEX presence_last_seen_at_idx IS 'What was heard since users and user_sessions were brought up to date.';

-- name: fill_tables()
INSERT INTO chat_slugs (slug, chat_id)
SELECT
    slug,
    id
FROM chats;

ALTER TABLE chats
    ADD CONSTRAINT chats_slug_id_fkey FOREIGN KEY (slug, id) REFERENCES chat_slugs (slug, chat_id);

COMMENT ON CONSTRAINT chats_slug_id_fkey ON chats IS 'The address of a chat is its own.';
