/* @name purge_user */
-- name: purge_user(user_id, batch)^
-- record_class: PurgeUserRow
-- Deletes the rows of a deleted user, one batch per call: messages lose their sender; receipts, unread rows and reactions
-- are deleted. The last call deletes the user with all other rows that refer to them. Commit each call by itself.
--
-- Parameters: user_id uuid (deleted by delete_user), batch integer (rows of each table a call, such as 1000)
-- Returns: one row: messages, reactions and receipts (how many rows were handled), is_purged. Call again until it is true.
-- Nullable: none
-- Indexes: users_pkey, users_deleted_at_set_idx, messages_sender_id_chat_id_set_idx, messages_deleted_by_set_idx,
--   messages_pkey, message_reactions_user_id_chat_id_idx, message_reactions_pkey,
--   message_delivery_user_id_*, message_delivery_pkey, chats_created_by_set_idx, chat_participants_*,
--   chats_pkey
-- Pages: 400 + 150 a message + 60 a receipt + 60 a chat
-- Locks: messages NO KEY UPDATE, reactions and receipts FOR UPDATE, each in key order. The last call: the chats they
--   created and the members that are them or were added by them in key order, then the user and all rows that refer to them.
-- Errors: 40P01: retry.
WITH gone AS MATERIALIZED (
    SELECT id
    FROM users
    WHERE id = CAST(:user_id AS uuid)
        AND deleted_at IS NOT NULL
),
traces AS MATERIALIZED (
    (
        SELECT id
        FROM messages
        WHERE sender_id = (SELECT id FROM gone)
        LIMIT CAST(:batch AS integer)
    )
    UNION
    (
        SELECT id
        FROM messages
        WHERE deleted_by = (SELECT id FROM gone)
        LIMIT CAST(:batch AS integer)
    )
),
messages_of_user AS MATERIALIZED (
    SELECT messages.id
    FROM traces
    JOIN messages ON messages.id = traces.id
    ORDER BY messages.id
    FOR NO KEY UPDATE OF messages
),
unnamed AS (
    UPDATE messages
    SET
        sender_id = NULLIF(messages.sender_id, CAST(:user_id AS uuid)),
        deleted_by = NULLIF(messages.deleted_by, CAST(:user_id AS uuid))
    FROM messages_of_user
    WHERE messages.id = messages_of_user.id
    RETURNING messages.id
),
reactions_of_user AS MATERIALIZED (
    SELECT
        message_id,
        user_id,
        emoji
    FROM message_reactions
    WHERE user_id = (SELECT id FROM gone)
    LIMIT CAST(:batch AS integer)
),
unreacted AS (
    DELETE FROM message_reactions
    USING reactions_of_user
    WHERE message_reactions.message_id = reactions_of_user.message_id
        AND message_reactions.user_id = reactions_of_user.user_id
        AND message_reactions.emoji = reactions_of_user.emoji
        AND (SELECT count(*) FROM unnamed) >= 0
    RETURNING message_reactions.message_id
),
some_receipts AS MATERIALIZED (
    SELECT
        message_id,
        user_id
    FROM message_delivery
    WHERE user_id = (SELECT id FROM gone)
    LIMIT CAST(:batch AS integer)
),
receipts_of_user AS MATERIALIZED (
    SELECT
        message_delivery.message_id,
        message_delivery.user_id
    FROM some_receipts
    JOIN message_delivery USING (message_id, user_id)
    WHERE (SELECT count(*) FROM unreacted) >= 0
    ORDER BY message_delivery.message_id
    FOR UPDATE OF message_delivery
),
-- Deleting a receipt deletes its unread row.
forgotten AS (
    DELETE FROM message_delivery
    USING receipts_of_user
    WHERE message_delivery.message_id = receipts_of_user.message_id
        AND message_delivery.user_id = receipts_of_user.user_id
    RETURNING message_delivery.message_id
),
bare AS MATERIALIZED (
    SELECT id
    FROM gone
    WHERE NOT EXISTS (SELECT FROM traces)
        AND NOT EXISTS (SELECT FROM reactions_of_user)
        AND NOT EXISTS (SELECT FROM some_receipts)
),
chats_of_user AS MATERIALIZED (
    SELECT id
    FROM chats
    WHERE created_by = (SELECT id FROM bare)
    ORDER BY id
    FOR NO KEY UPDATE
),
members AS MATERIALIZED (
    SELECT
        chat_id,
        user_id
    FROM chat_participants
    WHERE (user_id = (SELECT id FROM bare) OR added_by = (SELECT id FROM bare))
        AND (SELECT count(*) FROM chats_of_user) >= 0
    ORDER BY
        chat_id,
        user_id
    FOR NO KEY UPDATE
),
purged AS (
    DELETE FROM users
    WHERE id = (SELECT id FROM bare)
        AND (SELECT count(*) FROM members) >= 0
    RETURNING id
)
SELECT
    (SELECT CAST(count(*) AS integer) FROM unnamed) AS messages,
    (SELECT CAST(count(*) AS integer) FROM unreacted) AS reactions,
    (SELECT CAST(count(*) AS integer) FROM forgotten) AS receipts,
    EXISTS (SELECT FROM purged) AS is_purged;
