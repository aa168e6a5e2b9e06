/* @name delete_message */
-- name: delete_message(user_id, chat_id, message_id)^
-- record_class: DeleteMessageRow
-- Deletes a message: its text and attachments are removed, its place in the history stays. The sender can do so, and the
-- chat's owner and admins, while active members; membership is checked without a lock (see edit_message).
--
-- Parameters: user_id uuid (who deletes), chat_id uuid, message_id uuid
-- Returns: one row: deleted_at, and keys text[]: the files in the object store that nothing points to any more, to be
--   deleted by the caller. None when refused, or deleted before.
-- Nullable: none
-- Indexes: chat_participants_*, messages_chat_id_id_key, attachments_*
-- Pages: 60
-- Locks: the message NO KEY UPDATE, then its attachments.
-- Errors: none to retry.
WITH deleted AS (
    UPDATE messages
    SET
        content = '',
        metadata = '{}',
        is_deleted = true,
        deleted_at = GREATEST(created_at, edited_at, statement_timestamp()),
        deleted_by = CAST(:user_id AS uuid)
    WHERE chat_id = CAST(:chat_id AS uuid)
        AND id = CAST(:message_id AS uuid)
        AND NOT is_deleted
        AND EXISTS (
            SELECT
            FROM chat_participants
            WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
                AND chat_participants.user_id = CAST(:user_id AS uuid)
                AND left_at IS NULL
                AND (messages.sender_id = CAST(:user_id AS uuid) OR role IN ('owner', 'admin'))
        )
    RETURNING
        id,
        deleted_at
),
files AS (
    DELETE FROM attachments
    USING deleted
    WHERE attachments.chat_id = CAST(:chat_id AS uuid)
        AND attachments.message_id = deleted.id
    RETURNING
        attachments.position,
        attachments.storage_key,
        attachments.medium_key,
        attachments.thumbnail_key
)
SELECT
    deleted.deleted_at,
    ARRAY(
        SELECT key
        FROM files
        CROSS JOIN LATERAL (
            VALUES
                (1, storage_key),
                (2, medium_key),
                (3, thumbnail_key)
        ) AS keys (size, key)
        WHERE key IS NOT NULL
        ORDER BY
            position,
            size
    ) AS keys
FROM deleted;
