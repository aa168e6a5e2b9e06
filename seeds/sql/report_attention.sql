-- How soon messages are read. Those of the last hour are left out: they are still to be read.
WITH hourly AS (
    SELECT
        chats.type AS kind,
        extract(hour FROM message_delivery.created_at AT TIME ZONE 'UTC') AS hour,
        count(*) AS receipts,
        count(*) FILTER (WHERE read_at <= message_delivery.created_at + interval '5 minutes') AS soon
    FROM message_delivery
    JOIN chats ON chats.id = chat_id
    WHERE message_delivery.created_at < (SELECT max(created_at) FROM messages) - interval '1 hour'
    GROUP BY
        chats.type,
        hour
),
daily AS (
    SELECT
        sum(receipts) AS receipts,
        sum(soon) / sum(receipts) AS soon_share
    FROM hourly
    GROUP BY hour
)
SELECT
    'seen_5_minutes' AS figure,
    kind,
    sum(receipts)::bigint AS observations,
    (sum(soon) / sum(receipts))::double precision AS value
FROM hourly
GROUP BY kind
UNION ALL
SELECT
    'attentive_day',
    'all',
    COALESCE(sum(receipts), 0)::bigint,
    avg(soon_share)::double precision
FROM daily
