/* @name attachments */
-- name: attachments(message_ids, chat_id, user_id)
-- record_class: AttachmentsRow
-- Returns the files of a page of messages, in their order.
--
-- Parameters: user_id uuid (the reader), chat_id uuid, message_ids uuid[] (the messages of the page)
-- Returns: a row for each file: message_id, position, file_name, file_type, file_size, storage_key, medium_key,
--   thumbnail_key, width, height, blurhash; none when the reader is not an active member.
-- Nullable: medium_key, thumbnail_key, width, height, blurhash
-- Indexes: chat_participants_*, attachments_message_id_position_key
-- Pages: 15 + 4 a message + 1 a file
-- Locks: none.
-- Errors: none to retry.
SELECT
    message_id,
    position,
    file_name,
    file_type,
    file_size,
    storage_key,
    medium_key,
    thumbnail_key,
    width,
    height,
    blurhash
FROM attachments
WHERE message_id = ANY (CAST(:message_ids AS uuid[]))
    AND chat_id = CAST(:chat_id AS uuid)
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
            AND chat_participants.user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
    )
ORDER BY
    message_id,
    position;
