-- A rehearsal of migrations: how large the tables are, and what a statement does to them. Of the database in use only
-- the first query asks anything; the others run on the throw-away server.

-- name: sizes_in_use()
-- By the estimates of the catalog: no table is read. A table is counted with its indexes and its TOAST table; one that
-- was never vacuumed or analyzed has NULL rows.
SELECT
    pg_table.relname,
    nullif(pg_table.reltuples, -1)::bigint AS rows,
    current_setting('block_size')::bigint * (
        SELECT sum(part.relpages)
        FROM pg_class AS part
        LEFT JOIN pg_index ON indexrelid = part.oid
        WHERE pg_table.oid IN (part.oid, indrelid)
            OR part.oid = pg_table.reltoastrelid
    )::bigint AS bytes
FROM pg_class AS pg_table
WHERE pg_table.relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND pg_table.relkind = 'r'
    AND pg_table.relname !~ '^(_yoyo_|yoyo_lock$)'
ORDER BY pg_table.relname;

-- name: sizes()
-- On the throw-away server, where nobody minds a lock: exact bytes.
SELECT
    relname,
    greatest(reltuples, 0)::bigint AS rows,
    pg_total_relation_size(oid) AS bytes
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind = 'r'
    AND relname !~ '^(_yoyo_|yoyo_lock$)'
ORDER BY relname;

-- name: analyze()
VACUUM (ANALYZE);

-- name: vacuum()
VACUUM;

-- name: checkpoint()
CHECKPOINT;

-- name: calibration()
SELECT count(DISTINCT md5(number::text))
FROM generate_series(1, 200000) AS number;

-- name: relations()
-- Tables and their indexes, each with the file that a rewrite replaces.
SELECT
    pg_class.oid,
    pg_class.relname,
    coalesce(pg_table.relname, pg_class.relname) AS table_name,
    pg_index.indexrelid IS NOT NULL AS is_index,
    pg_relation_filenode(pg_class.oid) AS file,
    pg_relation_size(pg_class.oid) AS bytes,
    greatest(pg_class.reltuples, 0)::bigint AS rows
FROM pg_class
LEFT JOIN pg_index ON indexrelid = pg_class.oid
LEFT JOIN pg_class AS pg_table ON pg_table.oid = indrelid
WHERE pg_class.relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND pg_class.relkind IN ('r', 'm', 'i')
    AND coalesce(pg_table.relname, pg_class.relname) !~ '^(_yoyo_|yoyo_lock$)';

-- name: rows_of_transaction()
-- What the transaction has read by sequential scans, and written.
SELECT
    relid,
    seq_tup_read,
    n_tup_ins,
    n_tup_upd,
    n_tup_del
FROM pg_stat_xact_user_tables;

-- name: rows_so_far()
-- The same of all sessions, when a statement runs its own transactions.
SELECT
    relid,
    seq_tup_read,
    n_tup_ins,
    n_tup_upd,
    n_tup_del
FROM pg_stat_user_tables;

-- name: flush_statistics()
SELECT pg_stat_force_next_flush();

-- name: locks(pid)
SELECT
    relation,
    mode
FROM pg_locks
WHERE pid = :pid
    AND locktype = 'relation'
    AND granted
    AND mode <> 'AccessShareLock';

-- name: wal()
SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint;

-- name: wal_of_session()
SELECT wal_bytes::bigint
FROM pg_stat_get_backend_wal(pg_backend_pid());

-- name: fire_deferred()
-- What a commit would check.
SET CONSTRAINTS ALL IMMEDIATE;

-- name: columns()
SELECT
    relname,
    array_agg(attname::text ORDER BY attnum)
FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind = 'r'
    AND relname !~ '^(_yoyo_|yoyo_lock$)'
    AND attnum > 0
    AND NOT attisdropped
GROUP BY relname;

-- name: values()
-- How many rows a table has, and how many values in each column.
SELECT
    count(*),
    {counts}
FROM {table};

-- name: probed_tables()
-- Each table with its pages and a column that a writer can set to what it is: of the key, which is the last to change.
SELECT
    relname,
    relpages,
    (
        SELECT attname
        FROM pg_attribute
        WHERE attrelid = pg_class.oid
            AND attnum > 0
            AND NOT attisdropped
            AND attgenerated = ''
            AND attidentity <> 'a'
        ORDER BY
            NOT EXISTS (
                SELECT
                FROM pg_index
                WHERE indrelid = attrelid
                    AND indisprimary
                    AND attnum = ANY (indkey)
            ),
            attnum
        LIMIT 1
    ) AS writable
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind = 'r'
    AND relname !~ '^(_yoyo_|yoyo_lock$)'
ORDER BY relname;

-- name: pages()
-- The pages of tables and indexes that this transaction has touched so far, in its keys' checks and triggers too, which
-- EXPLAIN leaves out.
SELECT sum(pg_stat_get_xact_blocks_fetched(oid))
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace
    AND relkind IN ('r', 'i');

-- name: callers(callers)
-- People with a session and a chat in which they wrote, and what the hot paths ask of them.
WITH members AS MATERIALIZED (
    SELECT
        chat_participants.chat_id,
        chat_participants.user_id
    FROM chat_participants
    JOIN chats ON chats.id = chat_participants.chat_id
        AND NOT chats.is_deleted
    WHERE chat_participants.left_at IS NULL
    ORDER BY md5(chat_participants.chat_id::text || chat_participants.user_id::text)
    LIMIT 10 * :callers
)
SELECT
    members.user_id::text,
    members.chat_id::text,
    logins.session_id::text,
    logins.token_hash,
    own.message_id::text,
    history.message_ids
FROM members
CROSS JOIN LATERAL (
    SELECT
        user_sessions.id AS session_id,
        user_sessions.token_hash
    FROM user_sessions
    WHERE user_sessions.user_id = members.user_id
        AND user_sessions.is_active
    ORDER BY user_sessions.id
    LIMIT 1
) AS logins
CROSS JOIN LATERAL (
    SELECT messages.id AS message_id
    FROM messages
    WHERE messages.chat_id = members.chat_id
        AND messages.sender_id = members.user_id
        AND messages.content_type = 'text'
        AND NOT messages.is_deleted
    ORDER BY messages.id DESC
    LIMIT 1
) AS own
CROSS JOIN LATERAL (
    SELECT array_agg(newest.id::text) AS message_ids
    FROM (
        SELECT messages.id
        FROM messages
        WHERE messages.chat_id = members.chat_id
        ORDER BY messages.id DESC
        LIMIT 50
    ) AS newest
) AS history
LIMIT :callers;
