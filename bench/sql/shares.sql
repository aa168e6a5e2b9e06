-- Of a hundred messages, how many go to chats of about 2, 10, 50 and 300 members; at least one to each.
WITH sizes AS (
    SELECT
        chat_id,
        count(*) AS members
    FROM chat_participants
    WHERE left_at IS NULL
    GROUP BY chat_id
),
sent AS (
    SELECT
        -- The limits lie in the middle between two sizes, by their logarithms.
        CASE
            WHEN sizes.members < 4.5 THEN 2
            WHEN sizes.members < 22 THEN 10
            WHEN sizes.members < 122 THEN 50
            ELSE 300
        END AS size,
        count(*) AS messages
    FROM messages
    JOIN sizes USING (chat_id)
    GROUP BY 1
)
SELECT
    size,
    greatest(1, round(100 * COALESCE(messages, 0) / sum(messages) OVER ()))::integer AS share,
    (SELECT round(avg(members), 0)::integer FROM bench_sends WHERE bench_sends.size = wanted.size) AS members
FROM (VALUES (2), (10), (50), (300)) AS wanted (size)
LEFT JOIN sent USING (size)
ORDER BY size;
