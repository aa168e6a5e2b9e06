-- How many messages back a reply reaches.
WITH history AS (
    SELECT
        chats.type AS kind,
        chat_id,
        messages.id,
        reply_to_id,
        row_number() OVER (PARTITION BY chat_id ORDER BY messages.id) AS place
    FROM messages
    JOIN chats ON chats.id = chat_id
    WHERE content_type <> 'system'
),
reaches AS (
    SELECT
        reply.kind,
        count(*) AS observations,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY reply.place - answered.place) AS reach
    FROM history AS reply
    JOIN history AS answered ON answered.id = reply.reply_to_id
    GROUP BY reply.kind
)
SELECT
    figure,
    kind,
    observations,
    value
FROM reaches
CROSS JOIN LATERAL (
    VALUES
        ('reach_median', reach[1]),
        ('reach_90', reach[2])
) AS measured (figure, value)
