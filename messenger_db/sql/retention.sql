-- Retention: old messages are removed in batches, with all that hangs on them.

-- name: bound(older_than)
-- Now, and as long before; not before 1970, which no id reaches.
SELECT
    clock_timestamp(),
    greatest(clock_timestamp() - CAST(:older_than AS interval), 'epoch');

-- name: has_messages()
SELECT to_regclass(quote_ident(current_schema()) || '.messages') IS NOT NULL;

-- name: has_chat(chat_id)
SELECT EXISTS (
    SELECT
    FROM chats
    WHERE id = CAST(:chat_id AS uuid)
);

-- name: count(before, end_id, chat_id)
-- How many messages would be removed, and how many files.
WITH old AS MATERIALIZED (
    SELECT id
    FROM messages
    WHERE id < CAST(:end_id AS uuid)
        AND created_at < :before
        AND (CAST(:chat_id AS uuid) IS NULL OR chat_id = CAST(:chat_id AS uuid))
)
SELECT
    (SELECT count(*) FROM old),
    (SELECT count(*) FROM attachments WHERE message_id IN (SELECT id FROM old));

-- name: remove(before, end_id, chat_id, done_id, rows)
-- The next messages by id, which is their order by time. Rows are locked in the order that docs/hot-paths.md states,
-- each kind as a whole: cascades alone would go to and fro between the kinds, and meet a purge in a circle. What is left
-- for the cascades is the unread rows, which nobody locks without their receipts.
-- Returns how many were removed, the last one, and for each file its keys in the object store.
-- Each row is looked up by its key: to read a whole table once may look cheaper, but is dear in every batch.
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off;
-- Keys are handed over after the commit: a crash must not bring their rows back.
SELECT set_config('synchronous_commit', 'on', true)
WHERE current_setting('synchronous_commit') = 'off';
WITH batch AS MATERIALIZED (
    SELECT id
    FROM messages
    WHERE id > CAST(:done_id AS uuid)
        AND id < CAST(:end_id AS uuid)
        -- A client's id can be a day older than its message.
        AND created_at < :before
        AND (CAST(:chat_id AS uuid) IS NULL OR chat_id = CAST(:chat_id AS uuid))
    ORDER BY id
    LIMIT :rows
    FOR UPDATE
),
-- They stay, and come after the batch: so these are locked in the order of their ids, too.
replies AS MATERIALIZED (
    SELECT messages.id
    FROM batch
    JOIN messages ON messages.reply_to_id = batch.id
    WHERE messages.id NOT IN (SELECT id FROM batch)
    ORDER BY messages.id
    FOR NO KEY UPDATE OF messages
),
unlinked AS (
    UPDATE messages
    SET reply_to_id = NULL
    FROM replies
    WHERE messages.id = replies.id
    RETURNING messages.id
),
files AS (
    DELETE FROM attachments
    USING batch
    WHERE attachments.message_id = batch.id
        AND (SELECT count(*) FROM unlinked) >= 0
    RETURNING
        attachments.storage_key,
        attachments.medium_key,
        attachments.thumbnail_key
),
reactions AS (
    DELETE FROM message_reactions
    USING batch
    WHERE message_reactions.message_id = batch.id
        AND (SELECT count(*) FROM files) >= 0
    RETURNING message_reactions.message_id
),
batch_receipts AS MATERIALIZED (
    SELECT
        message_delivery.message_id,
        message_delivery.user_id
    FROM batch
    JOIN message_delivery ON message_delivery.message_id = batch.id
    WHERE (SELECT count(*) FROM reactions) >= 0
    ORDER BY
        message_delivery.message_id,
        message_delivery.user_id
    FOR UPDATE OF message_delivery
),
receipts AS (
    DELETE FROM message_delivery
    USING batch_receipts
    WHERE message_delivery.message_id = batch_receipts.message_id
        AND message_delivery.user_id = batch_receipts.user_id
    RETURNING message_delivery.message_id
),
removed AS (
    DELETE FROM messages
    USING batch
    WHERE messages.id = batch.id
        AND (SELECT count(*) FROM receipts) >= 0
    RETURNING messages.id
)
SELECT
    (SELECT count(*) FROM removed),
    (SELECT batch.id::text FROM batch ORDER BY batch.id DESC LIMIT 1),
    (SELECT coalesce(jsonb_agg(jsonb_build_array(storage_key, medium_key, thumbnail_key)), '[]') FROM files);

-- name: kept_files(keys)
-- Those that messages still have.
SELECT storage_key
FROM attachments
WHERE storage_key = ANY (:keys);
