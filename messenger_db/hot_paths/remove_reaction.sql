/* @name remove_reaction */
-- name: remove_reaction(message_id, user_id, emoji)^
-- Takes an emoji back. Safe to repeat; who left the chat may still do it.
--
-- Parameters: user_id uuid, message_id uuid, emoji text
-- Returns: one row, chat_id, when it was there.
-- Indexes: message_reactions_pkey
-- Pages: 10
-- Locks: the reaction.
-- Errors: none to retry.
DELETE FROM message_reactions
WHERE message_id = CAST(:message_id AS uuid)
    AND user_id = CAST(:user_id AS uuid)
    AND emoji = CAST(:emoji AS text)
RETURNING chat_id;
