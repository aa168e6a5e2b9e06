-- What the studio asks the catalog, and the page of the last sends. Rows of tables it reads by statements of its own.

-- name: limit(longest_statement)
-- What takes long is given up, also waiting for a lock, and one core is enough for it.
SELECT
    set_config('statement_timeout', :longest_statement, false),
    set_config('max_parallel_workers_per_gather', '0', false);

-- name: read_only()
SELECT set_config('default_transaction_read_only', 'on', false);

-- name: can_read_applied()
SELECT has_table_privilege(to_regclass(quote_ident(current_schema()) || '._yoyo_migration'), 'SELECT');

-- name: tables()
-- The tables that migrations make, with the columns of their primary keys; no row is counted, and no partition listed.
SELECT
    relname AS name,
    coalesce(obj_description(pg_class.oid, 'pg_class'), '') AS comment,
    nullif(reltuples, -1)::bigint AS rows,
    ARRAY(
        SELECT attname::text
        FROM pg_index
        CROSS JOIN unnest(indkey) WITH ORDINALITY AS key (number, place)
        JOIN pg_attribute ON attrelid = indrelid
            AND attnum = number
        WHERE indrelid = pg_class.oid
            AND indisprimary
            AND place <= indnkeyatts
        ORDER BY place
    ) AS primary_key
FROM pg_class
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
ORDER BY relname;

-- name: columns()
-- Those that the role can read. A cast goes to the type without its length, so that no value is cut short.
SELECT
    relname AS table,
    attname AS name,
    format_type(atttypid, atttypmod) AS type,
    format_type(atttypid, NULL) AS cast,
    NOT attnotnull AS is_nullable,
    attgenerated = '' AND attidentity <> 'a' AS is_writable,
    atthasdef OR attidentity <> '' AS has_default,
    coalesce(col_description(pg_class.oid, attnum), '') AS comment,
    EXISTS (
        SELECT
        FROM pg_index
        WHERE indrelid = pg_class.oid
            AND indkey[0] = attnum
            AND indisvalid
            AND indpred IS NULL
    ) AS is_indexed
FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('r', 'p')
    AND attnum > 0
    AND NOT attisdropped
    AND has_column_privilege(pg_class.oid, attnum, 'SELECT')
ORDER BY
    relname,
    attnum;

-- name: keys()
-- The foreign keys within the schema, with their columns in pairs.
SELECT
    conname AS name,
    source.relname AS source,
    ARRAY(
        SELECT attname::text
        FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
        JOIN pg_attribute ON attrelid = conrelid
            AND attnum = number
        ORDER BY place
    ) AS columns,
    target.relname AS target,
    ARRAY(
        SELECT attname::text
        FROM unnest(confkey) WITH ORDINALITY AS key (number, place)
        JOIN pg_attribute ON attrelid = confrelid
            AND attnum = number
        ORDER BY place
    ) AS target_columns
FROM pg_constraint
JOIN pg_class AS source ON source.oid = conrelid
JOIN pg_class AS target ON target.oid = confrelid
WHERE contype = 'f'
    AND conparentid = 0
    AND source.relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND target.relnamespace = source.relnamespace
ORDER BY
    cardinality(conkey),
    conname;

-- name: last_sends(messages)
SELECT
    messages.id::text AS id,
    messages.chat_id::text AS chat_id,
    to_char(messages.created_at, 'YYYY-MM-DD HH24:MI:SS') AS time,
    coalesce(users.username, messages.content_type) AS sender,
    coalesce(chats.name, chats.type) AS chat,
    messages.content_type,
    messages.is_deleted,
    left(messages.content, 300) AS content
FROM (
    SELECT *
    FROM messages
    ORDER BY id DESC
    LIMIT :messages
) AS messages
JOIN chats ON chats.id = messages.chat_id
LEFT JOIN users ON users.id = messages.sender_id
ORDER BY messages.id DESC;

-- name: page(rows)
-- `_place` is where a row stands in the order: the next page begins behind it.
SELECT
    {cells},
    ARRAY[{place}] AS _place
FROM {table} AS shown
WHERE {conditions}
ORDER BY {order}
LIMIT :rows;

-- name: row()
SELECT
    {values},
    {version} AS xmin
FROM {table} AS shown
WHERE {conditions};

-- name: count_some(rows)
SELECT count(*) AS found
FROM (
    SELECT
    FROM {table} AS shown
    WHERE {conditions}
    LIMIT :rows
) AS counted;

-- name: row_names(ids)
SELECT
    {id}::text AS id,
    left({name}::text, 40) AS name
FROM {table}
WHERE {id} = ANY (:ids::{cast}[])
    AND {name} IS NOT NULL;

-- name: insert()
INSERT INTO {table} AS shown (
    {columns}
) VALUES (
    {values}
)
RETURNING {key};

-- name: update(version)
-- xmin is the transaction that wrote the row: whoever has changed it meanwhile is not overwritten.
UPDATE {table} AS shown
SET {changes}
WHERE {conditions}
    AND xmin::text = :version;

-- name: delete(version)
DELETE FROM {table} AS shown
WHERE {conditions}
    AND xmin::text = :version;
