/* @name pin_chat */
-- name: pin_chat(is_pinned, chat_id, user_id)^
-- record_class: PinChatRow
-- Pins a chat to the top of a user's list, or unpins it.
--
-- Parameters: user_id uuid, chat_id uuid, is_pinned boolean
-- Returns: one row, pinned_at; none when the user is not an active member.
-- Nullable: pinned_at
-- Indexes: chat_participants_*
-- Pages: 40
-- Locks: the member NO KEY UPDATE.
-- Errors: none to retry.
UPDATE chat_participants
SET
    pinned_at = CASE
        WHEN CAST(:is_pinned AS boolean) THEN COALESCE(pinned_at, clock.now)
    END
-- By itself: Citus takes no function that is not immutable within a CASE or COALESCE of an UPDATE.
FROM (SELECT statement_timestamp() AS now) AS clock
WHERE chat_id = CAST(:chat_id AS uuid)
    AND user_id = CAST(:user_id AS uuid)
    AND left_at IS NULL
RETURNING pinned_at;
