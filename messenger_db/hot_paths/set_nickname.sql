/* @name set_nickname */
-- name: set_nickname(nickname, user_id, contact_id)^
-- record_class: SetNicknameRow
-- Sets the user's own name for a contact.
--
-- Parameters: user_id uuid, contact_id uuid, nickname text (NULL takes it away)
-- Returns: one row, contact_id; none when there is no contact or request between the two.
-- Nullable: none
-- Indexes: contacts_*
-- Pages: 30
-- Locks: the user's row NO KEY UPDATE.
-- Errors: 22001: longer than 100 characters; do not retry.
UPDATE contacts
SET nickname = CAST(:nickname AS text)
WHERE user_id = CAST(:user_id AS uuid)
    AND contact_id = CAST(:contact_id AS uuid)
RETURNING contact_id;
