/* @name accept_contact */
-- name: accept_contact(user_id, contact_id)^
-- record_class: AcceptContactRow
-- Accepts a request. Safe to repeat.
--
-- Parameters: user_id uuid (who was asked), contact_id uuid (who asked)
-- Returns: one row, accepted_at; none when there is no such request, or one of the two has blocked the other.
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
accepted AS (
    UPDATE contacts
    SET
        status = 'accepted',
        accepted_at = COALESCE(contacts.accepted_at, GREATEST(contacts.created_at, clock.now))
    FROM
        pair,
        (SELECT statement_timestamp() AS now) AS clock  -- by itself: see pin_chat
    WHERE contacts.user_id = pair.user_id
        AND contacts.contact_id = pair.contact_id
        AND pair.requested_by = CAST(:contact_id AS uuid)
        AND NOT EXISTS (SELECT FROM pair WHERE status = 'blocked')
    RETURNING
        contacts.user_id,
        contacts.accepted_at
)
SELECT accepted_at
FROM accepted
WHERE user_id = CAST(:user_id AS uuid);
