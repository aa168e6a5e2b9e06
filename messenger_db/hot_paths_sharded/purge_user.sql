/* @name purge_user */
-- name: purge_user(user_id, batch)^
-- record_class: PurgeUserRow
-- Deletes the rows of a deleted user, one batch per call: messages lose their sender; receipts, unread rows and reactions
-- are deleted. The last call deletes the user with all other rows that refer to them. Commit each call by itself.
-- Citus takes it only after SET LOCAL citus.multi_shard_modify_mode = 'sequential', in the same transaction.
--
-- Parameters: user_id uuid (deleted by delete_user), batch integer (rows of each table a call, such as 1000)
-- Returns: one row: messages, reactions and receipts (how many rows were handled), is_purged. Call again until it is true.
-- Nullable: none
-- Indexes: users_pkey, users_deleted_at_set_idx, messages_sender_id_chat_id_set_idx, messages_deleted_by_set_idx,
--   messages_pkey, message_reactions_user_id_chat_id_idx, message_reactions_pkey,
--   message_delivery_user_id_*, message_delivery_pkey, chats_created_by_set_idx, chat_participants_*,
--   chats_pkey
-- Pages: 400 + 150 a message + 60 a receipt + 60 a chat
-- Locks: the user, then what a call changes, on all nodes and without an order.
-- Errors: 40P01: retry.
WITH gone AS MATERIALIZED (
    SELECT id
    FROM users
    WHERE id = CAST(:user_id AS uuid)
        AND deleted_at IS NOT NULL
),
messages_of_user AS MATERIALIZED (
    (
        SELECT
            chat_id,
            id
        FROM messages
        WHERE sender_id = CAST(:user_id AS uuid)
            AND EXISTS (SELECT FROM gone)
        LIMIT CAST(:batch AS integer)
    )
    UNION
    (
        SELECT
            chat_id,
            id
        FROM messages
        WHERE deleted_by = CAST(:user_id AS uuid)
            AND EXISTS (SELECT FROM gone)
        LIMIT CAST(:batch AS integer)
    )
),
unnamed AS (
    UPDATE messages
    SET
        sender_id = NULLIF(messages.sender_id, CAST(:user_id AS uuid)),
        deleted_by = NULLIF(messages.deleted_by, CAST(:user_id AS uuid))
    FROM messages_of_user
    WHERE messages.chat_id = messages_of_user.chat_id
        AND messages.id = messages_of_user.id
    RETURNING messages.id
),
reactions_of_user AS MATERIALIZED (
    SELECT
        chat_id,
        message_id,
        emoji
    FROM message_reactions
    WHERE user_id = CAST(:user_id AS uuid)
        AND EXISTS (SELECT FROM gone)
    LIMIT CAST(:batch AS integer)
),
unreacted AS (
    DELETE FROM message_reactions
    USING reactions_of_user
    WHERE message_reactions.chat_id = reactions_of_user.chat_id
        AND message_reactions.message_id = reactions_of_user.message_id
        AND message_reactions.emoji = reactions_of_user.emoji
        AND message_reactions.user_id = CAST(:user_id AS uuid)
    RETURNING message_reactions.message_id
),
receipts_of_user AS MATERIALIZED (
    SELECT
        chat_id,
        message_id
    FROM message_delivery
    WHERE user_id = CAST(:user_id AS uuid)
        AND EXISTS (SELECT FROM gone)
    LIMIT CAST(:batch AS integer)
),
-- Deleting a receipt deletes its unread row.
forgotten AS (
    DELETE FROM message_delivery
    USING receipts_of_user
    WHERE message_delivery.chat_id = receipts_of_user.chat_id
        AND message_delivery.message_id = receipts_of_user.message_id
        AND message_delivery.user_id = CAST(:user_id AS uuid)
    RETURNING message_delivery.message_id
),
purged AS (
    DELETE FROM users
    WHERE id = (SELECT id FROM gone)
        AND NOT EXISTS (SELECT FROM messages_of_user)
        AND NOT EXISTS (SELECT FROM reactions_of_user)
        AND NOT EXISTS (SELECT FROM receipts_of_user)
    RETURNING id
)
SELECT
    (SELECT CAST(count(*) AS integer) FROM unnamed) AS messages,
    (SELECT CAST(count(*) AS integer) FROM unreacted) AS reactions,
    (SELECT CAST(count(*) AS integer) FROM forgotten) AS receipts,
    EXISTS (SELECT FROM purged) AS is_purged;
