INSERT INTO attachments (
    id,
    chat_id,
    message_id,
    position,
    file_name,
    file_type,
    file_size,
    storage_key,
    width,
    height,
    checksum_sha256
)
SELECT
    %(id)s,
    %(chat_id)s,
    %(message_id)s,
    coalesce(max(position), 0) + 1,
    %(file_name)s,
    %(file_type)s,
    %(file_size)s,
    %(storage_key)s,
    %(width)s,
    %(height)s,
    %(checksum_sha256)s
FROM attachments
WHERE message_id = %(message_id)s
RETURNING
    position,
    created_at;
