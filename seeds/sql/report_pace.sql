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
-- Conversations and runs are numbered by counting, within the chat, what begins one.
numbered AS MATERIALIZED (
    SELECT
        kind,
        chat_id,
        created_at,
        gap,
        other_sender,
        gap <= %(conversation_gap)s AS is_within,
        count(*) FILTER (WHERE gap <= %(conversation_gap)s IS NOT TRUE) OVER history AS conversation,
        count(*) FILTER (WHERE gap <= %(conversation_gap)s IS NOT TRUE OR other_sender) OVER history AS run
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
    figure,
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
) AS measured (figure, value)
UNION ALL
SELECT
    'burstiness',
    kind,
    observations,
    burstiness
FROM bursts
UNION ALL
SELECT
    figure,
    kind,
    observations,
    value
FROM lengths
CROSS JOIN LATERAL (
    VALUES
        ('session_messages', messages),
        ('session_minutes', minutes)
) AS measured (figure, value)
UNION ALL
SELECT
    figure,
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
) AS measured (figure, value)
