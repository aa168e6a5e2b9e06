/* @name clear_unread */
-- name: clear_unread(user_id, chat_id)^
-- record_class: ClearUnreadRow
-- Takes the unread rows of a chat away without reading them: the receipts stay as they are. The second statement of a
-- transaction that leave_chat or remove_member began.
--
-- Parameters: user_id uuid, chat_id uuid
-- Returns: one row: forgotten, how many they were.
-- Nullable: none
-- Indexes: unread_messages_pkey
-- Pages: 20 + 10 an unread message
-- Locks: the unread rows, as the key's index has them in order; mark_read, which holds their receipts, deletes them in
--   the same order.
-- Errors: 40P01: retry the transaction.
WITH removed AS (
    DELETE FROM unread_messages
    WHERE user_id = CAST(:user_id AS uuid)
        AND chat_id = CAST(:chat_id AS uuid)
    RETURNING message_id
)
SELECT CAST(count(*) AS integer) AS forgotten
FROM removed;
