-- How soon messages are read. Those of the last hour are left out: they are still to be read.
WITH hourly AS (
    SELECT
        count(*) AS receipts,
        count(*) FILTER (WHERE read_at <= created_at + interval '5 minutes') AS soon
    FROM message_delivery
    WHERE created_at < (SELECT max(created_at) FROM messages) - interval '1 hour'
    GROUP BY extract(hour FROM created_at AT TIME ZONE 'UTC')
)
SELECT
    'seen_5_minutes' AS figure,
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
FROM hourly
