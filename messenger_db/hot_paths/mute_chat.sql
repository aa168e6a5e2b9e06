/* @name mute_chat */
-- name: mute_chat(muted_until, chat_id, user_id)^
-- record_class: MuteChatRow
-- Mutes a chat's notifications for a user until a given time.
--
-- Parameters: user_id uuid, chat_id uuid, muted_until timestamptz (NULL: no longer; for good: a far year)
-- Returns: one row, muted_until; none when the user is not an active member.
-- Nullable: muted_until
-- Indexes: chat_participants_*
-- Pages: 40
-- Locks: the member NO KEY UPDATE.
-- Errors: 23514 chat_participants_times_finite: infinity is not a point in time; do not retry.
UPDATE chat_participants
SET muted_until = CAST(:muted_until AS timestamptz)
WHERE chat_id = CAST(:chat_id AS uuid)
    AND user_id = CAST(:user_id AS uuid)
    AND left_at IS NULL
RETURNING muted_until;
