-- Plain: put an emoji under a message.
INSERT INTO message_reactions (message_id, user_id, emoji)
SELECT
    :message_id::uuid,
    :user_id::uuid,
    :emoji::text
WHERE EXISTS (
    SELECT
    FROM messages
    JOIN chat_participants USING (chat_id)
    WHERE messages.id = :message_id::uuid
        AND NOT messages.is_deleted
        AND chat_participants.user_id = :user_id::uuid
        AND chat_participants.left_at IS NULL
)
ON CONFLICT DO NOTHING
RETURNING id;
