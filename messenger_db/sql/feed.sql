-- The change feed: what its publication contains and should contain, and the slots that its consumers read from.

-- name: server()
-- What a feed needs of the server, and what a consumer needs of its role.
SELECT
    current_setting('wal_level'),
    (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user),
    pg_is_in_recovery();

-- name: publication(comment, name)
-- The publication that make db-feed keeps, whatever its name is by now, else one that has the name.
SELECT
    pubname::text,
    pg_get_userbyid(pubowner)::text,
    pg_has_role(pubowner, 'USAGE'),
    is_kept
FROM pg_publication
CROSS JOIN coalesce(obj_description(pg_publication.oid, 'pg_publication') = :comment, false) AS is_kept
WHERE is_kept
    OR pubname = :name
ORDER BY is_kept DESC
LIMIT 1;

-- name: tables(name, secrets)
-- Each table of the schema: the columns that are published (NULL: all of them), and the replica identity, which says what
-- is published of a deleted row (d the primary key, i an index, f the whole row; NULL: the table has no key, and cannot be
-- published). It is the key that names the chat, in tables without chats the user. Where no key does, it is the whole
-- row, unless some columns are not published: PostgreSQL allows only one of the two.
WITH relation AS (
    SELECT
        pg_class.oid,
        relname::text AS name,
        relispartition,
        relreplident::text,
        ARRAY(SELECT jsonb_array_elements_text(:secrets::jsonb -> relname::text)) AS hidden,
        (
            SELECT attname::text
            FROM pg_attribute
            WHERE attrelid = pg_class.oid
                AND attname IN ('chat_id', 'user_id')
                AND NOT attisdropped
            ORDER BY attname
            LIMIT 1
        ) AS concerns
    FROM pg_class
    WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
        AND relkind IN ('r', 'p')
        AND relpersistence = 'p'
        AND relname !~ '^(_yoyo_|yoyo_lock$)'
        AND NOT EXISTS (
            SELECT
            FROM pg_depend
            WHERE classid = 'pg_class'::regclass
                AND objid = pg_class.oid
                AND deptype = 'e'
        )
),
key AS (
    SELECT
        relation.oid,
        indexrelid,
        indisprimary,
        columns,
        coalesce(concerns = ANY (columns), true) AS is_telling
    FROM relation
    JOIN pg_index ON indrelid = relation.oid
    CROSS JOIN LATERAL (
        SELECT
            array_agg(attname::text ORDER BY place) AS columns,
            bool_and(attnotnull AND attname <> ALL (hidden)) AS is_usable
        FROM unnest(indkey::int2[]) WITH ORDINALITY AS part (number, place)
        JOIN pg_attribute ON attrelid = indrelid
            AND attnum = number
        WHERE place <= indnkeyatts
    ) AS key_columns
    WHERE indisunique
        AND indisvalid
        AND indimmediate
        AND indpred IS NULL
        AND indexprs IS NULL
        AND is_usable
),
wanted AS (
    SELECT
        relation.*,
        indexrelid,
        key.columns AS key_columns,
        CASE
            WHEN NOT coalesce(is_telling, false) AND hidden = '{}' THEN 'f'
            WHEN indisprimary THEN 'd'
            WHEN indexrelid IS NOT NULL THEN 'i'
        END AS identity,
        CASE WHEN hidden <> '{}' THEN ARRAY(
            SELECT attname::text
            FROM pg_attribute
            WHERE attrelid = relation.oid
                AND attnum > 0
                AND NOT attisdropped
                AND attgenerated = ''
                AND attname <> ALL (hidden)
            ORDER BY attnum
        ) END AS columns
    FROM relation
    LEFT JOIN LATERAL (
        SELECT *
        FROM key
        WHERE key.oid = relation.oid
        ORDER BY
            is_telling DESC,
            indisprimary DESC,
            cardinality(columns),
            indexrelid
        LIMIT 1
    ) AS key ON true
)
SELECT
    name,
    relispartition,
    columns,
    identity,
    CASE WHEN identity = 'i' THEN (SELECT relname::text FROM pg_class WHERE pg_class.oid = indexrelid) END,
    CASE WHEN identity <> 'f' THEN key_columns END,
    CASE
        WHEN relreplident <> 'i'
            OR (SELECT indisreplident FROM pg_index WHERE pg_index.indexrelid = wanted.indexrelid)
            THEN relreplident
        ELSE 'another index'
    END,
    prrelid IS NOT NULL,
    CASE WHEN prattrs IS NOT NULL THEN ARRAY(
        SELECT attname::text
        FROM pg_attribute
        WHERE attrelid = prrelid
            AND attnum = ANY (prattrs)
        ORDER BY attnum
    ) END
FROM wanted
LEFT JOIN pg_publication ON pubname = :name
LEFT JOIN pg_publication_rel ON prpubid = pg_publication.oid
    AND prrelid = wanted.oid
ORDER BY name;

-- name: create(comment)
CREATE PUBLICATION {name} WITH (publish_via_partition_root = true);
COMMENT ON PUBLICATION {name} IS :comment;

-- name: drop()
DROP PUBLICATION {name};

-- name: leave_out()
ALTER PUBLICATION {name} DROP TABLE {tables};

-- name: add()
ALTER PUBLICATION {name} ADD TABLE {tables};

-- name: identify()
ALTER TABLE {table} REPLICA IDENTITY {identity};

-- name: slots()
-- The slots of this database, the WAL that each has still to read, and the WAL that the server keeps for it.
WITH newest AS (
    SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS lsn
),
slot AS (
    SELECT
        pg_replication_slots.*,
        greatest(lsn - confirmed_flush_lsn, 0)::bigint AS behind,
        greatest(lsn - restart_lsn, 0)::bigint AS held
    FROM pg_replication_slots
    CROSS JOIN newest
    WHERE database = current_database()
)
SELECT
    slot_name,
    plugin,
    active,
    behind,
    pg_size_pretty(behind),
    held,
    pg_size_pretty(held),
    wal_status
FROM slot
ORDER BY slot_name;
