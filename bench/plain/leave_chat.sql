-- Plain: leave a chat.
UPDATE chat_participants
SET
    role = 'member',
    left_at = now()
WHERE chat_id = CAST(:chat_id AS uuid)
    AND user_id = CAST(:user_id AS uuid)
    AND left_at IS NULL
RETURNING left_at;
