-- Plain: the reactions under a page of messages.
SELECT
    message_id,
    emoji,
    count(*) AS reactions,
    bool_or(user_id = CAST(:user_id AS uuid)) AS is_mine
FROM message_reactions
WHERE message_id = ANY (CAST(:message_ids AS uuid[]))
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
            AND chat_participants.user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
    )
GROUP BY
    message_id,
    emoji
ORDER BY
    message_id,
    min(created_at);
