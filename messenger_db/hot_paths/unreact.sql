-- Takes an emoji back. Safe to repeat; who left the chat may still do it.
--
-- Parameters: user_id uuid, message_id uuid, emoji text
-- Returns: one row, chat_id, when it was there.
-- Indexes: message_reactions_pkey
-- Pages: 10
-- Locks: the reaction.
-- Errors: none to retry.
DELETE FROM message_reactions
WHERE message_id = :message_id::uuid
    AND user_id = :user_id::uuid
    AND emoji = :emoji::text
RETURNING chat_id;
