/* @name contact_requests */
-- name: contact_requests(user_id)
-- record_class: ContactRequestsRow
-- Returns the requests that a user has not answered, newest first.
--
-- Parameters: user_id uuid
-- Returns: at most 50 rows: contact_id (who asks), username, display_name, avatar_url, created_at.
-- Nullable: display_name, avatar_url
-- Indexes: contacts_*, users_pkey
-- Pages: 20 + 10 a request
-- Locks: none.
-- Errors: none to retry.
SELECT
    contacts.contact_id,
    users.username,
    users.display_name,
    users.avatar_url,
    contacts.created_at
FROM contacts
JOIN users ON users.id = contacts.contact_id
-- A user whom this one blocked has no pending row; a user who blocked this one has not asked.
JOIN contacts AS mirror ON mirror.user_id = contacts.contact_id
    AND mirror.contact_id = contacts.user_id
WHERE contacts.user_id = CAST(:user_id AS uuid)
    AND contacts.status = 'pending'
    AND contacts.requested_by <> contacts.user_id
    AND mirror.status <> 'blocked'
    AND users.deleted_at IS NULL
ORDER BY
    contacts.created_at DESC,
    contacts.contact_id
LIMIT 50;
