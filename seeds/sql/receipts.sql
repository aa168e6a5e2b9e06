-- The receipts of the messages behind the last one that has them, for everybody who was in the chat during the
-- conversation but the sender. Each message's conversation is found by a binary search of the starts of its chat. The inner
-- queries end in OFFSET 0 so that what they say is computed once a row.
INSERT INTO message_delivery (
    chat_id,
    message_id,
    user_id,
    status,
    delivered_at,
    read_at,
    created_at
)
SELECT
    chat_id,
    message_id,
    user_id,
    CASE WHEN read_at <= %(now)s THEN 'read' WHEN delivered_at <= %(now)s THEN 'delivered' ELSE 'pending' END,
    CASE WHEN delivered_at <= %(now)s THEN delivered_at END,
    CASE WHEN read_at <= %(now)s THEN read_at END,
    created_at
FROM (
    SELECT
        chat_id,
        message_id,
        user_id,
        created_at,
        delivered_at,
        -- GREATEST passes over NULL.
        CASE
            WHEN delivered_at IS NOT NULL AND read_from IS NOT NULL THEN
                GREATEST(delivered_at, read_from, date_bin(glance, just_before, starts_at) + glance)
        END AS read_at
    FROM (
        SELECT
            said.chat_id,
            said.message_id,
            attention.user_id,
            said.created_at,
            said.just_before,
            said.starts_at,
            attention.read_from,
            attention.glance,
            CASE
                WHEN attention.delivered_from IS NOT NULL THEN GREATEST(said.arrives_at, attention.delivered_from)
            END AS delivered_at
        FROM (
            SELECT
                chat_id,
                message_id,
                sender_id,
                created_at,
                arrives_at,
                just_before,
                starts[place] AS starts_at,
                sessions[place] AS session
            FROM (
                SELECT
                    messages.chat_id,
                    messages.id AS message_id,
                    messages.sender_id,
                    messages.created_at,
                    messages.created_at
                    + interval '60 milliseconds'
                    + mod(extract(microseconds FROM messages.created_at)::integer, 100000) * interval '1 microsecond'
                    AS arrives_at,
                    messages.created_at - interval '1 microsecond' AS just_before,
                    width_bucket(messages.created_at, talk.starts) AS place,
                    talk.starts,
                    talk.sessions
                FROM messages
                JOIN (
                    SELECT
                        chat_id,
                        array_agg(starts_at ORDER BY starts_at) AS starts,
                        array_agg(session ORDER BY starts_at) AS sessions
                    FROM talk_sessions
                    GROUP BY chat_id
                ) AS talk USING (chat_id)
                WHERE messages.ctid > %(last)s
                OFFSET 0
            ) AS placed
            OFFSET 0
        ) AS said
        JOIN attention USING (session)
        WHERE said.sender_id IS DISTINCT FROM attention.user_id
        OFFSET 0
    ) AS delivered
    OFFSET 0
) AS seen;
