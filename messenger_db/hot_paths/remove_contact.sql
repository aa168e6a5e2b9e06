/* @name remove_contact */
-- name: remove_contact(user_id, contact_id)^
-- record_class: RemoveContactRow
-- Removes a contact, withdraws the user's own request, or declines the other's. Safe to repeat. A block by either of the
-- two remains.
--
-- Parameters: user_id uuid (who wants it), contact_id uuid
-- Returns: one row: contact_id, was (accepted, or pending); none when there was neither, or the user has blocked the other.
-- Nullable: none
-- Indexes: users_pkey, contacts_*
-- Pages: 80
-- Locks: the two users KEY SHARE, then their two rows, both in key order.
-- Errors: 40P01: retry.
WITH people AS MATERIALIZED (
    SELECT id
    FROM users
    WHERE id IN (CAST(:user_id AS uuid), CAST(:contact_id AS uuid))
        AND deleted_at IS NULL
    ORDER BY id
    FOR KEY SHARE
),
pair AS MATERIALIZED (
    SELECT
        user_id,
        contact_id,
        status,
        requested_by,
        accepted_at
    FROM contacts
    WHERE (
            (user_id = CAST(:user_id AS uuid) AND contact_id = CAST(:contact_id AS uuid))
            OR (user_id = CAST(:contact_id AS uuid) AND contact_id = CAST(:user_id AS uuid))
        )
        AND (SELECT count(*) FROM people) >= 0
    ORDER BY
        user_id,
        contact_id
    FOR UPDATE
),
removed AS (
    DELETE FROM contacts
    USING pair
    WHERE contacts.user_id = pair.user_id
        AND contacts.contact_id = pair.contact_id
        AND NOT EXISTS (SELECT FROM pair WHERE status = 'blocked')
),
-- If the other has blocked the user, their row stays, and so must its counterpart.
emptied AS (
    UPDATE contacts
    SET
        status = 'pending',
        requested_by = contacts.user_id,
        nickname = NULL,
        accepted_at = NULL
    FROM pair
    WHERE contacts.user_id = pair.user_id
        AND contacts.contact_id = pair.contact_id
        AND pair.user_id = CAST(:user_id AS uuid)
        AND pair.status = 'accepted'
        AND EXISTS (SELECT FROM pair WHERE status = 'blocked')
)
SELECT
    contact_id,
    status AS was
FROM pair
WHERE user_id = CAST(:user_id AS uuid)
    AND status <> 'blocked';
