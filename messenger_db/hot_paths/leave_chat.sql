/* @name leave_chat */
-- name: leave_chat(chat_id, user_id)^
-- record_class: LeaveChatRow
-- Removes the user from a chat: the row stays, without its role. Run clear_unread after it, in the same transaction: one
-- statement for both would not see the messages that were sent while it waited.
--
-- Parameters: user_id uuid, chat_id uuid
-- Returns: one row: left_at, was_owner (appoint_owner, once this is committed, finds the group a new one); none when the
--   user is not an active member: roll back.
-- Nullable: none
-- Indexes: chat_participants_*
-- Pages: 50
-- Locks: the member FOR UPDATE, stronger than the update needs: it waits for sends in progress and makes later ones wait,
--   so that nobody sends or receives anything after leaving.
-- Errors: 40P01: retry the transaction.
WITH member AS MATERIALIZED (
    SELECT
        chat_id,
        user_id,
        role
    FROM chat_participants
    WHERE chat_id = CAST(:chat_id AS uuid)
        AND user_id = CAST(:user_id AS uuid)
        AND left_at IS NULL
    FOR UPDATE
)
UPDATE chat_participants
SET
    role = 'member',
    left_at = GREATEST(chat_participants.joined_at, statement_timestamp())
FROM member
WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
    AND chat_participants.user_id = member.user_id
RETURNING
    chat_participants.left_at,
    member.role = 'owner' AS was_owner;
