-- Plain: add a user to a group of at most 300.
INSERT INTO chat_participants (chat_id, user_id, added_by)
SELECT
    :chat_id::uuid,
    :user_id::uuid,
    :added_by::uuid
WHERE (
    SELECT count(*)
    FROM chat_participants
    WHERE chat_id = :chat_id::uuid
        AND left_at IS NULL
) < 300
ON CONFLICT (chat_id, user_id) DO UPDATE
SET
    left_at = NULL,
    joined_at = now()
RETURNING joined_at;
