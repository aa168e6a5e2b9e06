-- Plain: leave a chat.
UPDATE chat_participants
SET
    role = 'member',
    left_at = now()
WHERE chat_id = :chat_id::uuid
    AND user_id = :user_id::uuid
    AND left_at IS NULL
RETURNING left_at;
