-- What the charts of the preview draw next to the report's statistics.

-- name: gaps(conversation_gap)
-- Gaps within conversations by powers of two: bucket 0 is below 2 s, bucket 1 below 4 s, and so on.
WITH gaps AS (
    SELECT
        type AS kind,
        extract(
            epoch FROM messages.created_at - lag(messages.created_at) OVER (PARTITION BY chat_id ORDER BY messages.id)
        ) AS gap
    FROM messages
    JOIN chats ON chats.id = chat_id
    WHERE content_type <> 'system'
)
SELECT
    kind,
    floor(ln(GREATEST(gap, 1)::double precision) / ln(2::double precision))::integer AS bucket,
    count(*) AS gaps
FROM gaps
WHERE gap <= :conversation_gap
GROUP BY
    kind,
    bucket;

-- name: speakers()
-- The share of the messages that the most talkative people sent, in steps of a fiftieth of the people.
WITH sent AS (
    SELECT
        sender_id AS user_id,
        count(*) AS messages
    FROM messages
    WHERE sender_id IS NOT NULL
    GROUP BY sender_id
),
ranked AS (
    SELECT
        COALESCE(messages, 0) AS messages,
        row_number() OVER (ORDER BY messages DESC NULLS LAST) AS rank,
        count(*) OVER () AS people
    FROM (SELECT DISTINCT user_id FROM chat_participants) AS people
    LEFT JOIN sent USING (user_id)
),
steps AS (
    SELECT
        ceil(50.0 * rank / people) AS step,
        max(rank)::double precision / max(people) AS people,
        sum(messages) AS messages
    FROM ranked
    GROUP BY step
)
SELECT
    people,
    COALESCE(sum(messages) OVER (ORDER BY step) / NULLIF(sum(messages) OVER (), 0), 0)::double precision AS messages
FROM steps
ORDER BY step;
