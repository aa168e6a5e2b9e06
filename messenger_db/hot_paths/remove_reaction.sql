/* @name remove_reaction */
-- name: remove_reaction(chat_id, message_id, user_id, emoji)^
-- record_class: RemoveReactionRow
-- Removes a reaction from a message. Safe to repeat; a user who has left the chat can still do so.
--
-- Parameters: user_id uuid, chat_id uuid, message_id uuid, emoji text
-- Returns: one row, message_id; none when there was no such reaction.
-- Nullable: none
-- Indexes: message_reactions_pkey
-- Pages: 10 + 1 a reaction
-- Locks: the reaction.
-- Errors: none to retry.
DELETE FROM message_reactions
WHERE chat_id = CAST(:chat_id AS uuid)
    AND message_id = CAST(:message_id AS uuid)
    -- Not an equality: with one, the planner could read all reactions of the user in the chat to find this one.
    AND user_id IS NOT DISTINCT FROM CAST(:user_id AS uuid)
    AND emoji = CAST(:emoji AS text)
RETURNING message_id;
