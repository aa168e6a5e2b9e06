-- Who talks, and in how large a group.
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
-- Within a group from the most silent (place 1) to the loudest.
members AS (
    SELECT
        chat_id,
        COALESCE(messages, 0) AS messages,
        row_number() OVER (PARTITION BY chat_id ORDER BY COALESCE(messages, 0)) AS place
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
        2 * sum(place * messages) / NULLIF(count(*) * sum(messages), 0) - (count(*) + 1.0) / count(*) AS gini
    FROM members
    GROUP BY chat_id
),
sizes AS (
    SELECT
        count(*) AS observations,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY members) AS size
    FROM groups
),
talkers AS (
    SELECT
        count(*) AS observations,
        sum(gini * messages) / sum(messages) AS gini
    FROM groups
    WHERE members >= 5
        AND messages >= 50
)
SELECT
    'top_tenth' AS figure,
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
FROM talkers
UNION ALL
SELECT
    figure,
    'group',
    observations,
    value
FROM sizes
CROSS JOIN LATERAL (
    VALUES
        ('group_size_median', size[1]),
        ('group_size_90', size[2])
) AS measured (figure, value)
