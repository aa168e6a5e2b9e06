/* @name clear_unread */
-- name: clear_unread(user_id, chat_id)^
-- record_class: ClearUnreadRow
-- Deletes a user's unread rows of a chat without marking the messages as read: the receipts do not change. Run it after
-- leave_chat or remove_member, in the same transaction.
--
-- Parameters: user_id uuid, chat_id uuid
-- Returns: one row: forgotten, the number of rows.
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
