/* @name add_reaction */
-- name: add_reaction(chat_id, user_id, message_id, emoji)^
-- record_class: AddReactionRow
-- Adds a reaction to a message. Safe to repeat.
--
-- Parameters: user_id uuid, chat_id uuid, message_id uuid, emoji text
-- Returns: one row. outcome is 'reacted', 'repeated' (it was there already), or 'refused' (not an active member, no such
--   message in the chat, or it is deleted).
-- Nullable: none
-- Indexes: chat_participants_*, messages_chat_id_id_key
-- Pages: 50
-- Locks: the member, then the message, KEY SHARE.
-- Errors: 23514: not an emoji; do not retry. 40P01: retry.
WITH member AS (
    SELECT
        chat_id,
        user_id
    FROM chat_participants
    WHERE chat_id = CAST(:chat_id AS uuid)
        AND user_id = CAST(:user_id AS uuid)
        AND left_at IS NULL
    FOR KEY SHARE
),
message AS MATERIALIZED (
    SELECT
        chat_id,
        id
    FROM messages
    WHERE chat_id = CAST(:chat_id AS uuid)
        AND EXISTS (SELECT FROM member)
        AND id = CAST(:message_id AS uuid)
        AND NOT is_deleted
    FOR KEY SHARE
),
reaction AS (
    INSERT INTO message_reactions (
        chat_id,
        message_id,
        user_id,
        emoji
    )
    SELECT
        chat_id,
        id,
        CAST(:user_id AS uuid),
        CAST(:emoji AS text)
    FROM message
    ON CONFLICT DO NOTHING
    RETURNING message_id
)
SELECT
    CASE
        WHEN EXISTS (SELECT FROM reaction) THEN 'reacted'
        WHEN EXISTS (SELECT FROM message) THEN 'repeated'
        ELSE 'refused'
    END AS outcome;
