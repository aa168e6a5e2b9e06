/* @name update_group */
-- name: update_group(name, description, avatar_url, chat_id, user_id)^
-- record_class: UpdateGroupRow
-- Changes what a group shows of itself. Its owner and admins may. All three are written: NULL takes one away, but a
-- group has a name.
--
-- Parameters: user_id uuid (who changes it), chat_id uuid, name text,
--   description text (or NULL), avatar_url text (or NULL)
-- Returns: one row, updated_at; none when refused.
-- Nullable: none
-- Indexes: chats_pkey, chat_participants_*
-- Pages: 40
-- Locks: the chat NO KEY UPDATE; sends go on.
-- Errors: 23514, 22001: a rule of chats was broken, named by its constraint; do not retry.
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
