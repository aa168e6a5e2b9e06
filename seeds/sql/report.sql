-- The statistics of the chats of a database, one row each: statistic, kind of chat, observations, value.

-- name: has_messages()
SELECT EXISTS (SELECT FROM messages);

-- name: hours()
-- Messages of each hour of the day, UTC.
SELECT
    extract(hour FROM created_at AT TIME ZONE 'UTC')::integer AS hour,
    count(*) AS messages
FROM messages
WHERE content_type <> 'system'
GROUP BY hour;

-- name: texts(percent)
-- The texts in order of time with their hour, UTC; or a sample of them that is the same each time.
SELECT
    chats.type AS kind,
    content,
    extract(hour FROM messages.created_at AT TIME ZONE 'UTC')::integer AS hour
FROM messages TABLESAMPLE BERNOULLI (:percent) REPEATABLE (1)
JOIN chats ON chats.id = chat_id
WHERE content_type = 'text'
    AND NOT messages.is_deleted
ORDER BY messages.id;

-- name: messages()
-- Shares of replies, images, edits, deletions and reactions among the messages that people sent.
WITH sent AS (
    SELECT
        chats.type AS kind,
        count(*) AS observations,
        avg((reply_to_id IS NOT NULL)::integer) AS reply_share,
        avg((content_type = 'image')::integer) AS images,
        avg(is_edited::integer) AS edits,
        avg(messages.is_deleted::integer) AS deletions
    FROM messages
    JOIN chats ON chats.id = chat_id
    WHERE content_type <> 'system'
    GROUP BY chats.type
),
reacted AS (
    SELECT
        chats.type AS kind,
        count(*) AS reactions
    FROM message_reactions
    JOIN chats ON chats.id = chat_id
    GROUP BY chats.type
)
SELECT
    statistic,
    kind,
    observations,
    value::double precision
FROM sent
LEFT JOIN reacted USING (kind)
CROSS JOIN LATERAL (
    VALUES
        ('reply_share', reply_share),
        ('images', images),
        ('edits', edits),
        ('deletions', deletions),
        ('reactions', COALESCE(reactions, 0)::numeric / observations)
) AS measured (statistic, value);

-- name: duplicates()
-- Texts that another message of the same kind of chat repeats to the letter.
WITH texts AS (
    SELECT
        chats.type AS kind,
        count(*) AS messages
    FROM messages
    JOIN chats ON chats.id = chat_id
    WHERE content_type = 'text'
        AND NOT messages.is_deleted
    GROUP BY
        chats.type,
        content
)
SELECT
    'duplicates' AS statistic,
    kind,
    sum(messages)::bigint AS observations,
    (COALESCE(sum(messages) FILTER (WHERE messages > 1), 0) / sum(messages))::double precision AS value
FROM texts
GROUP BY kind;

-- name: pace(conversation_gap)
-- Gaps, conversations and runs: how one message follows another.
WITH gaps AS (
    SELECT
        chats.type AS kind,
        chat_id,
        messages.id,
        messages.created_at,
        extract(epoch FROM messages.created_at - lag(messages.created_at) OVER history)::double precision AS gap,
        sender_id IS DISTINCT FROM lag(sender_id) OVER history AS other_sender
    FROM messages
    JOIN chats ON chats.id = chat_id
    WHERE content_type <> 'system'
    WINDOW history AS (PARTITION BY chat_id ORDER BY messages.id)
),
-- Conversations and runs are numbered by counting their first messages within the chat.
numbered AS MATERIALIZED (
    SELECT
        kind,
        chat_id,
        created_at,
        gap,
        other_sender,
        gap <= :conversation_gap AS is_within,
        count(*) FILTER (WHERE gap <= :conversation_gap IS NOT TRUE) OVER history AS conversation,
        count(*) FILTER (WHERE gap <= :conversation_gap IS NOT TRUE OR other_sender) OVER history AS run
    FROM gaps
    WINDOW history AS (PARTITION BY chat_id ORDER BY id)
),
within AS (
    SELECT
        kind,
        count(*) AS observations,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY GREATEST(gap, 1)) AS gap,
        avg(ln(GREATEST(gap, 1))) AS ln_mean,
        stddev_samp(ln(GREATEST(gap, 1))) AS ln_deviation,
        avg((NOT other_sender)::integer) AS same_sender
    FROM numbered
    WHERE is_within
    GROUP BY kind
),
histories AS (
    SELECT
        kind,
        avg(gap) AS mean,
        stddev_samp(gap) AS deviation
    FROM numbered
    GROUP BY
        kind,
        chat_id
    HAVING count(*) >= 100
),
bursts AS (
    SELECT
        kind,
        count(*) AS observations,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (deviation - mean) / NULLIF(deviation + mean, 0)) AS burstiness
    FROM histories
    GROUP BY kind
),
conversations AS (
    SELECT
        kind,
        count(*) AS messages,
        extract(epoch FROM max(created_at) - min(created_at)) / 60 AS minutes
    FROM numbered
    GROUP BY
        kind,
        chat_id,
        conversation
    HAVING count(*) > 1
),
lengths AS (
    SELECT
        kind,
        count(*) AS observations,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY messages) AS messages,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) AS minutes
    FROM conversations
    GROUP BY kind
),
runs AS (
    SELECT
        kind,
        count(*) AS messages
    FROM numbered
    GROUP BY
        kind,
        chat_id,
        run
),
run_lengths AS (
    SELECT
        kind,
        count(*) AS observations,
        avg((messages = 1)::integer) AS of_1,
        avg((messages = 2)::integer) AS of_2,
        avg((messages = 3)::integer) AS of_3,
        avg((messages = 4)::integer) AS of_4
    FROM runs
    GROUP BY kind
)
SELECT
    statistic,
    kind,
    observations,
    value
FROM within
CROSS JOIN LATERAL (
    VALUES
        ('gap_median', gap[1]),
        ('gap_90', gap[2]),
        ('gap_ln_mean', ln_mean),
        ('gap_ln_deviation', ln_deviation),
        ('same_sender', same_sender::double precision)
) AS measured (statistic, value)
UNION ALL
SELECT
    'burstiness',
    kind,
    observations,
    burstiness
FROM bursts
UNION ALL
SELECT
    statistic,
    kind,
    observations,
    value
FROM lengths
CROSS JOIN LATERAL (
    VALUES
        ('conversation_messages', messages),
        ('conversation_minutes', minutes)
) AS measured (statistic, value)
UNION ALL
SELECT
    statistic,
    kind,
    observations,
    value::double precision
FROM run_lengths
CROSS JOIN LATERAL (
    VALUES
        ('runs_of_1', of_1),
        ('runs_of_2', of_2),
        ('runs_of_3', of_3),
        ('runs_of_4', of_4)
) AS measured (statistic, value);

-- name: people()
-- Who writes, and in how large a group.
WITH sent AS (
    SELECT
        chat_id,
        sender_id AS user_id,
        count(*) AS messages
    FROM messages
    WHERE sender_id IS NOT NULL
    GROUP BY
        chat_id,
        sender_id
),
people AS (
    SELECT
        user_id,
        COALESCE(sum(messages), 0) AS messages
    FROM chat_participants
    LEFT JOIN sent USING (chat_id, user_id)
    GROUP BY user_id
),
ranked AS (
    SELECT
        messages,
        row_number() OVER (ORDER BY messages DESC) AS rank,
        count(*) OVER () AS people
    FROM people
),
top AS (
    SELECT
        count(*) AS people,
        sum(messages) FILTER (WHERE rank <= ceil(people / 10.0)) / NULLIF(sum(messages), 0) AS share
    FROM ranked
),
-- Within a group, from the most silent member (rank 1) to the most talkative.
members AS (
    SELECT
        chat_id,
        COALESCE(messages, 0) AS messages,
        row_number() OVER (PARTITION BY chat_id ORDER BY COALESCE(messages, 0)) AS rank
    FROM chat_participants
    JOIN chats ON chats.id = chat_id
    LEFT JOIN sent USING (chat_id, user_id)
    WHERE type = 'group'
        AND NOT is_deleted
        AND left_at IS NULL
),
groups AS (
    SELECT
        count(*) AS members,
        sum(messages) AS messages,
        2 * sum(rank * messages) / NULLIF(count(*) * sum(messages), 0) - (count(*) + 1.0) / count(*) AS gini
    FROM members
    GROUP BY chat_id
),
sizes AS (
    SELECT
        count(*) AS observations,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY members) AS size
    FROM groups
),
speakers AS (
    SELECT
        count(*) AS observations,
        sum(gini * messages) / sum(messages) AS gini
    FROM groups
    WHERE members >= 5
        AND messages >= 50
)
SELECT
    'top_tenth' AS statistic,
    'all' AS kind,
    people AS observations,
    share::double precision AS value
FROM top
UNION ALL
SELECT
    'gini',
    'group',
    observations,
    gini::double precision
FROM speakers
UNION ALL
SELECT
    statistic,
    'group',
    observations,
    value
FROM sizes
CROSS JOIN LATERAL (
    VALUES
        ('group_size_median', size[1]),
        ('group_size_90', size[2])
) AS measured (statistic, value);

-- name: replies()
-- How many messages back a reply reaches.
WITH history AS (
    SELECT
        chats.type AS kind,
        chat_id,
        messages.id,
        reply_to_id,
        row_number() OVER (PARTITION BY chat_id ORDER BY messages.id) AS rank
    FROM messages
    JOIN chats ON chats.id = chat_id
    WHERE content_type <> 'system'
),
reaches AS (
    SELECT
        reply.kind,
        count(*) AS observations,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY reply.rank - answered.rank) AS reach
    FROM history AS reply
    JOIN history AS answered ON answered.id = reply.reply_to_id
    GROUP BY reply.kind
)
SELECT
    statistic,
    kind,
    observations,
    value
FROM reaches
CROSS JOIN LATERAL (
    VALUES
        ('reach_median', reach[1]),
        ('reach_90', reach[2])
) AS measured (statistic, value);

-- name: attention()
-- How soon messages are read. Those of the last hour are left out, as they can still be read in time.
WITH hourly AS (
    SELECT
        count(*) AS receipts,
        count(*) FILTER (WHERE read_at <= created_at + interval '5 minutes') AS soon
    FROM message_delivery
    WHERE created_at < (SELECT max(created_at) FROM messages) - interval '1 hour'
    GROUP BY extract(hour FROM created_at AT TIME ZONE 'UTC')
)
SELECT
    'seen_5_minutes' AS statistic,
    'all' AS kind,
    COALESCE(sum(receipts), 0)::bigint AS observations,
    (sum(soon) / sum(receipts))::double precision AS value
FROM hourly
UNION ALL
SELECT
    'attentive_day',
    'all',
    COALESCE(sum(receipts), 0)::bigint,
    avg(soon::double precision / receipts)
FROM hourly;

-- name: conversations(chats, messages)
-- The last messages of some chats, the same ones each time, in the order of each chat.
SELECT
    chat.type AS kind,
    chat.id::text AS chat_id,
    sender_id::text AS sender,
    content,
    extract(epoch FROM created_at)::double precision AS sent_at
FROM (
    SELECT
        id,
        type
    FROM chats
    ORDER BY md5(id::text)
    LIMIT :chats
) AS chat
CROSS JOIN LATERAL (
    SELECT
        messages.id,
        sender_id,
        content,
        created_at
    FROM messages
    WHERE chat_id = chat.id
        AND content_type = 'text'
        AND NOT is_deleted
    ORDER BY messages.id DESC
    LIMIT :messages
) AS said
ORDER BY
    chat.id,
    said.id;

-- name: facts()
-- What cannot be: a mention of nobody who was in the chat, a reply or a reaction to a message that was not read, a reply
-- to a picture that says nothing.
WITH mentions AS (
    SELECT
        count(*) AS observations,
        avg((NOT EXISTS (
            SELECT
            FROM chat_participants
            JOIN users ON users.id = user_id
            WHERE chat_participants.chat_id = messages.chat_id
                AND lower(username) = lower(mention.name[1])
        ))::integer) AS wrong
    FROM messages
    CROSS JOIN LATERAL regexp_matches(content, '(?<![A-Za-z0-9_.])@([A-Za-z0-9_]{3,50})', 'g') AS mention (name)
    WHERE content LIKE '%@%'
        AND NOT is_deleted
),
replies AS (
    SELECT
        count(*) AS observations,
        avg((answered.content_type = 'image' AND answered.content = '' AND NOT answered.is_deleted)::integer) AS bare,
        avg((receipt.read_at <= reply.created_at IS NOT TRUE)::integer) AS unread
    FROM messages AS reply
    JOIN messages AS answered ON answered.id = reply.reply_to_id
    LEFT JOIN message_delivery AS receipt
        ON receipt.chat_id = answered.chat_id
        AND receipt.message_id = answered.id
        AND receipt.user_id = reply.sender_id
    WHERE reply.sender_id <> answered.sender_id
),
reactions AS (
    SELECT
        count(*) AS observations,
        avg((receipt.read_at <= message_reactions.created_at IS NOT TRUE)::integer) AS unread
    FROM message_reactions
    JOIN messages
        ON messages.chat_id = message_reactions.chat_id
        AND messages.id = message_reactions.message_id
    LEFT JOIN message_delivery AS receipt
        ON receipt.chat_id = message_reactions.chat_id
        AND receipt.message_id = message_reactions.message_id
        AND receipt.user_id = message_reactions.user_id
    WHERE message_reactions.user_id <> messages.sender_id
)
SELECT
    'mentions' AS statistic,
    'all' AS kind,
    observations,
    wrong::double precision AS value
FROM mentions
UNION ALL
SELECT
    'bare_pictures',
    'all',
    observations,
    bare::double precision
FROM replies
UNION ALL
SELECT
    'unread_replies',
    'all',
    observations,
    unread::double precision
FROM replies
UNION ALL
SELECT
    'unread_reactions',
    'all',
    observations,
    unread::double precision
FROM reactions;
