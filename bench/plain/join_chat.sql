-- Plain: add a user to a group of at most 300.
INSERT INTO chat_participants (chat_id, user_id, added_by)
SELECT
    CAST(:chat_id AS uuid),
    CAST(:user_id AS uuid),
    CAST(:added_by AS uuid)
WHERE (
    SELECT count(*)
    FROM chat_participants
    WHERE chat_id = CAST(:chat_id AS uuid)
        AND left_at IS NULL
) < 300
ON CONFLICT (chat_id, user_id) DO UPDATE
SET
    left_at = NULL,
    joined_at = now()
RETURNING joined_at;
