-- Plain: put an emoji under a message.
INSERT INTO message_reactions (message_id, user_id, emoji)
SELECT
    CAST(:message_id AS uuid),
    CAST(:user_id AS uuid),
    CAST(:emoji AS text)
WHERE EXISTS (
    SELECT
    FROM messages
    JOIN chat_participants USING (chat_id)
    WHERE messages.id = CAST(:message_id AS uuid)
        AND NOT messages.is_deleted
        AND chat_participants.user_id = CAST(:user_id AS uuid)
        AND chat_participants.left_at IS NULL
)
ON CONFLICT DO NOTHING
RETURNING id;
