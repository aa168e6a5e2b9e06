/* @name update_group */
-- name: update_group(name, description, avatar_url, chat_id, user_id)^
-- record_class: UpdateGroupRow
-- Changes the name, description and avatar of a group. Only its owner and admins can. All three are written: NULL removes
-- a value, except the name, which a group must have.
--
-- Parameters: user_id uuid (who changes it), chat_id uuid, name text,
--   description text (or NULL), avatar_url text (or NULL)
-- Returns: one row, updated_at; none when refused.
-- Nullable: none
-- Indexes: chats_pkey, chat_participants_*
-- Pages: 40
-- Locks: the chat NO KEY UPDATE; sends go on.
-- Errors: 23514, 22001: a rule of chats was violated; the constraint is named; do not retry.
UPDATE chats
SET
    name = CAST(:name AS text),
    description = CAST(:description AS text),
    avatar_url = CAST(:avatar_url AS text)
WHERE id = CAST(:chat_id AS uuid)
    AND type = 'group'
    AND NOT is_deleted
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
            AND chat_participants.user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
            AND role IN ('owner', 'admin')
    )
RETURNING updated_at;
