-- What share of the messages the most talkative part of the people sent, in steps of a fiftieth of the people.
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
ORDER BY step
