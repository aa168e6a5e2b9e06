-- What messages are and carry: shares of all that people sent.
WITH sent AS (
    SELECT
        chats.type AS kind,
        count(*) AS observations,
        avg((reply_to_id IS NOT NULL)::integer) AS reply_share,
        avg((content_type = 'image')::integer) AS images,
        avg(is_edited::integer) AS edits,
        avg(messages.is_deleted::integer) AS deletions
    FROM messages
    JOIN chats ON chats.id = chat_id
    WHERE content_type <> 'system'
    GROUP BY chats.type
),
reacted AS (
    SELECT
        chats.type AS kind,
        count(*) AS reactions
    FROM message_reactions
    JOIN chats ON chats.id = chat_id
    GROUP BY chats.type
)
SELECT
    figure,
    kind,
    observations,
    value::double precision
FROM sent
LEFT JOIN reacted USING (kind)
CROSS JOIN LATERAL (
    VALUES
        ('reply_share', reply_share),
        ('images', images),
        ('edits', edits),
        ('deletions', deletions),
        ('reactions', COALESCE(reactions, 0)::numeric / observations)
) AS measured (figure, value)
