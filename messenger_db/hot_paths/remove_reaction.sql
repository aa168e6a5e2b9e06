/* @name remove_reaction */
-- name: remove_reaction(chat_id, message_id, user_id, emoji)^
-- record_class: RemoveReactionRow
-- Takes an emoji back. Safe to repeat; who left the chat may still do it.
--
-- Parameters: user_id uuid, chat_id uuid, message_id uuid, emoji text
-- Returns: one row, message_id, when it was there.
-- Nullable: none
-- Indexes: message_reactions_pkey
-- Pages: 10 + 1 a reaction
-- Locks: the reaction.
-- Errors: none to retry.
DELETE FROM message_reactions
WHERE chat_id = CAST(:chat_id AS uuid)
    AND message_id = CAST(:message_id AS uuid)
    -- Not an equality: with one, all that the user put up in the chat could be read for this reaction.
    AND user_id IS NOT DISTINCT FROM CAST(:user_id AS uuid)
    AND emoji = CAST(:emoji AS text)
RETURNING message_id;
