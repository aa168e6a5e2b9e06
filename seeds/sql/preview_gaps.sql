-- Gaps within conversations by powers of two: bucket 0 is below 2 s, bucket 1 below 4 s and so on.
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
WHERE gap <= %(conversation_gap)s
GROUP BY
    kind,
    bucket
