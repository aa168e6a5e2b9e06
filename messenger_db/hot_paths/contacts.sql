/* @name contacts */
-- name: contacts(user_id, status)
-- record_class: ContactsRow
-- Returns a user's contacts, ordered by the name that is shown.
--
-- Parameters: user_id uuid, status text (accepted, or blocked for those whom the user blocks)
-- Returns: a row for each: contact_id, username, display_name, nickname, avatar_url, status (their presence),
--   last_seen_at, accepted_at.
-- Nullable: display_name, nickname, avatar_url, last_seen_at, accepted_at
-- Indexes: contacts_*, users_pkey
-- Pages: 20 + 8 a contact
-- Locks: none.
-- Errors: none to retry.
SELECT
    contacts.contact_id,
    users.username,
    users.display_name,
    contacts.nickname,
    users.avatar_url,
    users.status,
    users.last_seen_at,
    contacts.accepted_at
FROM contacts
JOIN users ON users.id = contacts.contact_id
-- In a subquery: else a plan made for one user looks cheaper than one for all, and is made for each call.
WHERE contacts.user_id = (SELECT CAST(:user_id AS uuid))
    AND contacts.status = (SELECT CAST(:status AS text))
    AND users.deleted_at IS NULL
ORDER BY
    lower(COALESCE(contacts.nickname, users.display_name, users.username)),
    contacts.contact_id;
