-- Loading: what is asked before, the staging tables, COPY, and the rows that are derived after it.

-- name: lock_seeds()
-- One make seed at a time per schema; the end of the transaction releases the lock.
SELECT pg_advisory_xact_lock(hashtext('messenger-db seeds'), hashtext(coalesce(current_schema(), '')));

-- name: data_folder()
-- No row where the role may not see the setting.
SELECT setting
FROM pg_settings
WHERE name = 'data_directory';

-- name: has_user(id)
-- Whether there is a user with that id.
SELECT EXISTS (
    SELECT FROM users
    WHERE id = :id
);

-- name: usernames()
-- All usernames in lower case, as they are unique without regard to case.
SELECT lower(username)
FROM users;

-- name: settings(lock_timeout)
-- For this transaction, on top of what every session of ours has. Citus hands SET LOCAL on to its nodes, set_config() not.
-- Building indexes and checking foreign keys in bulk get more memory where the server's own setting is lower.
SET LOCAL citus.propagate_set_commands = 'local';
SET LOCAL lock_timeout = :lock_timeout;
-- What was just written is in memory: a key of few rows is checked by the index of the other table.
SET LOCAL random_page_cost = 1.1;
SELECT set_config(name, value, true)
FROM pg_settings
JOIN (
    VALUES
        ('maintenance_work_mem', '256MB'),
        ('work_mem', '64MB')
) AS wanted (name, value) USING (name)
WHERE setting::bigint * 1024 < pg_size_bytes(value);

-- name: create_staging()
-- The messages of a chat belong to a conversation from its start to the start of the chat's next one.
CREATE TEMPORARY TABLE conversations (
    chat_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    conversation integer NOT NULL
) ON COMMIT DROP;

-- Who was in the chat during a conversation. People who never read it have no read_from.
CREATE TEMPORARY TABLE attention (
    conversation integer NOT NULL,
    user_id uuid NOT NULL,
    delivered_from timestamptz,
    read_from timestamptz,
    glance_ms integer NOT NULL CHECK (read_from IS NULL OR glance_ms > 0),
    glance interval GENERATED ALWAYS AS (glance_ms * interval '1 millisecond') STORED
) ON COMMIT DROP;

CREATE INDEX attention_conversation_idx ON attention (conversation);

-- name: set_now(now)
-- demo_people.sql reads it; it lasts until the end of the transaction.
SELECT set_config('messenger_db.now', :now, true);

-- name: copy()
-- The columns are named: those that later migrations add take their defaults.
COPY {table} ({columns}) FROM STDIN (ENCODING 'UTF8', FREEZE {frozen});

-- name: analyze_staging()
-- The joins need the statistics, and autovacuum does not analyze temporary tables.
ANALYZE
    conversations (chat_id),
    attention (conversation);

-- name: derive_receipts(now, last)
-- The receipts of the messages after the last one that has them, for everybody who was in the chat during the
-- conversation, the sender excepted. A message's conversation is found by a binary search of the starts of its chat.
-- The inner queries end in OFFSET 0 so that their expressions are computed once per row.
INSERT INTO message_delivery (
    chat_id,
    message_id,
    user_id,
    status,
    delivered_at,
    read_at,
    created_at
)
WITH sent AS MATERIALIZED (
    SELECT
        chat_id,
        message_id,
        sender_id,
        created_at,
        arrives_at,
        just_before,
        starts[position] AS starts_at,
        conversations[position] AS conversation
    FROM (
        SELECT
            messages.chat_id,
            messages.id AS message_id,
            messages.sender_id,
            messages.created_at,
            messages.created_at
            + interval '60 milliseconds'
            + mod(extract(microseconds FROM messages.created_at)::integer, 100000) * interval '1 microsecond'
            AS arrives_at,
            messages.created_at - interval '1 microsecond' AS just_before,
            width_bucket(messages.created_at, schedule.starts) AS position,
            schedule.starts,
            schedule.conversations
        FROM messages
        JOIN (
            SELECT
                chat_id,
                array_agg(starts_at ORDER BY starts_at) AS starts,
                array_agg(conversation ORDER BY starts_at) AS conversations
            FROM conversations
            GROUP BY chat_id
        ) AS schedule USING (chat_id)
        WHERE messages.ctid > :last
        OFFSET 0
    ) AS placed
),

-- Of these conversations only: there are as many rows in all as in a tenth of the receipts.
present AS MATERIALIZED (
    SELECT attention.*
    FROM (SELECT DISTINCT conversation FROM sent) AS conversation
    JOIN attention USING (conversation)
)

SELECT
    chat_id,
    message_id,
    user_id,
    CASE WHEN read_at <= :now THEN 'read' WHEN delivered_at <= :now THEN 'delivered' ELSE 'pending' END,
    CASE WHEN delivered_at <= :now THEN delivered_at END,
    CASE WHEN read_at <= :now THEN read_at END,
    created_at
FROM (
    SELECT
        chat_id,
        message_id,
        user_id,
        created_at,
        delivered_at,
        -- GREATEST ignores NULL.
        CASE
            WHEN delivered_at IS NOT NULL AND read_from IS NOT NULL THEN
                GREATEST(delivered_at, read_from, date_bin(glance, just_before, starts_at) + glance)
        END AS read_at
    FROM (
        SELECT
            sent.chat_id,
            sent.message_id,
            present.user_id,
            sent.created_at,
            sent.just_before,
            sent.starts_at,
            present.read_from,
            present.glance,
            CASE
                WHEN present.delivered_from IS NOT NULL THEN GREATEST(sent.arrives_at, present.delivered_from)
            END AS delivered_at
        FROM sent
        JOIN present USING (conversation)
        WHERE sent.sender_id IS DISTINCT FROM present.user_id
        OFFSET 0
    ) AS delivered
    OFFSET 0
) AS seen;

-- name: last_message(last)
-- Nobody else writes to the table, and rows are only added at its end: the last one has the highest ctid.
SELECT coalesce(max(ctid), :last)
FROM messages
WHERE ctid > :last;

-- name: derive_unread()
-- In the order of the key, as people look for their own.
INSERT INTO unread_messages (
    chat_id,
    user_id,
    message_id,
    created_at
)
SELECT
    chat_id,
    user_id,
    message_id,
    created_at
FROM message_delivery
WHERE status <> 'read'
    AND chat_id IN (SELECT chat_id FROM conversations)
ORDER BY
    user_id,
    chat_id,
    message_id;

-- name: drop_staging()
DROP TABLE attention, conversations;

-- name: analyze()
ANALYZE {tables};

-- name: lock_holder(tables)
-- A session that keeps us from locking a table: any lock on it does.
SELECT
    format(
        'process %s (%s) uses the table %s',
        pid,
        coalesce(nullif(application_name, ''), usename),
        relation::regclass
    )
FROM pg_locks
JOIN pg_stat_activity USING (pid)
JOIN pg_class ON pg_class.oid = relation
WHERE granted
    AND pid <> pg_backend_pid()
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relname = ANY (:tables)
ORDER BY
    mode = 'AccessExclusiveLock' DESC,
    xact_start
LIMIT 1;
