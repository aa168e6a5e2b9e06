-- Texts that another message of the same kind of chat has to the letter.
WITH texts AS (
    SELECT
        chats.type AS kind,
        count(*) AS messages
    FROM messages
    JOIN chats ON chats.id = chat_id
    WHERE content_type = 'text'
        AND NOT messages.is_deleted
    GROUP BY
        chats.type,
        content
)
SELECT
    'duplicates' AS figure,
    kind,
    sum(messages)::bigint AS observations,
    (COALESCE(sum(messages) FILTER (WHERE messages > 1), 0) / sum(messages))::double precision AS value
FROM texts
GROUP BY kind
