-- Messages of each hour of the day, UTC.
SELECT
    extract(hour FROM created_at AT TIME ZONE 'UTC')::integer AS hour,
    count(*) AS messages
FROM messages
WHERE content_type <> 'system'
GROUP BY hour
