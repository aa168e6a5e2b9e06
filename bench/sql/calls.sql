-- Whom and what the measured calls are about. bench_calls: up to 2,000 active members of chats with 50 to 2,000 messages
-- and at most 20 members, who have a session and wrote something there; as many people as can be come first. Chats, and so
-- the calls, have the same size in a small and in a large world: what grows is the tables.
CREATE TABLE bench_calls AS
WITH sizes AS (
    SELECT
        chats.id,
        chats.type,
        count(*) AS members
    FROM chats
    JOIN chat_participants ON chat_participants.chat_id = chats.id
        AND chat_participants.left_at IS NULL
    WHERE NOT chats.is_deleted
    GROUP BY chats.id
    HAVING count(*) BETWEEN 2 AND 20
),
people AS (
    SELECT
        users.id AS user_id,
        sessions.id AS session_id,
        sessions.token_hash
    FROM users
    CROSS JOIN LATERAL (
        SELECT
            user_sessions.id,
            user_sessions.token_hash
        FROM user_sessions
        WHERE user_sessions.user_id = users.id
            AND user_sessions.is_active
            AND user_sessions.expires_at > now() + interval '1 day'
        ORDER BY user_sessions.id
        LIMIT 1
    ) AS sessions
    WHERE users.deleted_at IS NULL
    ORDER BY md5(users.id::text)
    LIMIT 4000
),
pairs AS (
    SELECT
        people.*,
        sizes.id AS chat_id,
        row_number() OVER (PARTITION BY people.user_id ORDER BY md5(sizes.id::text)) AS turn
    FROM sizes
    JOIN chat_participants ON chat_participants.chat_id = sizes.id
        AND chat_participants.left_at IS NULL
    JOIN people USING (user_id)
),
chosen AS (
    SELECT
        pairs.user_id,
        pairs.session_id,
        pairs.token_hash,
        pairs.chat_id,
        pairs.turn,
        others.user_id AS other_id,
        own.id AS own_id,
        substring(own.content FROM '[A-Za-z]{5,}') AS words,
        own.content,
        history.ids
    FROM pairs
    CROSS JOIN LATERAL (
        SELECT chat_participants.user_id
        FROM chat_participants
        WHERE chat_participants.chat_id = pairs.chat_id
            AND chat_participants.user_id <> pairs.user_id
            AND chat_participants.left_at IS NULL
        ORDER BY chat_participants.user_id
        LIMIT 1
    ) AS others
    CROSS JOIN LATERAL (
        SELECT
            messages.id,
            messages.content
        FROM messages
        WHERE messages.chat_id = pairs.chat_id
            AND messages.sender_id = pairs.user_id
            AND messages.content_type = 'text'
            AND NOT messages.is_deleted
            AND messages.content ~ '[A-Za-z]{5,}'
        ORDER BY messages.id
        LIMIT 1
    ) AS own
    CROSS JOIN LATERAL (
        SELECT array_agg(messages.id ORDER BY messages.id) AS ids
        FROM messages
        WHERE messages.chat_id = pairs.chat_id
    ) AS history
    WHERE pairs.turn <= 8
        AND cardinality(history.ids) BETWEEN 50 AND 2000
    ORDER BY
        pairs.turn,
        md5(pairs.user_id::text)
    LIMIT 2000
)
SELECT
    (row_number() OVER (ORDER BY chosen.turn, md5(chosen.user_id::text)) - 1)::integer AS number,
    chosen.user_id,
    chosen.session_id,
    chosen.token_hash,
    chosen.chat_id,
    chosen.other_id,
    chosen.own_id,
    chosen.words,
    chosen.content,
    messages.id AS middle_id,
    messages.created_at AS middle_at,
    chosen.ids[cardinality(chosen.ids) / 2 - 24:cardinality(chosen.ids) / 2 + 25] AS message_ids
FROM chosen
JOIN messages ON messages.id = chosen.ids[cardinality(chosen.ids) / 2];

CREATE UNIQUE INDEX ON bench_calls (number);

-- Senders to chats of about 2, 10, 50 and 300 members: 1,000 for each, over at most 40 chats.
CREATE TABLE bench_sends AS
WITH sizes AS (
    SELECT
        chats.id,
        chats.type,
        count(*) AS members
    FROM chats
    JOIN chat_participants ON chat_participants.chat_id = chats.id
        AND chat_participants.left_at IS NULL
    WHERE NOT chats.is_deleted
    GROUP BY chats.id
),
nearest AS (
    SELECT
        wanted.size,
        sizes.id,
        sizes.members,
        row_number() OVER (
            PARTITION BY wanted.size
            ORDER BY
                abs(ln(sizes.members::double precision / wanted.size)),
                md5(sizes.id::text)
        ) AS place
    FROM (VALUES (2), (10), (50), (300)) AS wanted (size)
    JOIN sizes ON sizes.type = CASE wanted.size WHEN 2 THEN 'direct' ELSE 'group' END
),
-- The nearest one, and others that are nearly as near.
taken AS (
    SELECT *
    FROM nearest
    WHERE place = 1
        OR (place <= 40 AND members BETWEEN size * 0.8 AND size * 1.25)
),
senders AS (
    SELECT
        taken.size,
        taken.members,
        chat_participants.chat_id,
        chat_participants.user_id,
        row_number() OVER (PARTITION BY taken.size ORDER BY md5(chat_participants.user_id::text)) - 1 AS turn,
        count(*) OVER (PARTITION BY taken.size) AS turns
    FROM taken
    JOIN chat_participants ON chat_participants.chat_id = taken.id
        AND chat_participants.left_at IS NULL
)
SELECT
    senders.size,
    numbers.number,
    senders.members,
    senders.chat_id,
    senders.user_id
FROM generate_series(0, 999) AS numbers (number)
JOIN senders ON senders.turn = numbers.number % senders.turns;

CREATE UNIQUE INDEX ON bench_sends (size, number);

CREATE FUNCTION bench_new_id() RETURNS uuid
    LANGUAGE sql
    RETURN uuid_v7();
