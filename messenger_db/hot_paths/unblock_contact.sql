/* @name unblock_contact */
-- name: unblock_contact(user_id, contact_id)^
-- record_class: UnblockContactRow
-- Unblocks a user: a former contact is a contact again; for others, the rows are deleted. Safe to repeat.
--
-- Parameters: user_id uuid (who had blocked), contact_id uuid
-- Returns: one row, status: accepted, or none (nothing between the two); none when the user had not blocked the other.
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
own AS MATERIALIZED (
    SELECT
        status,
        accepted_at
    FROM pair
    WHERE user_id = CAST(:user_id AS uuid)
        AND status = 'blocked'
),
other AS MATERIALIZED (
    SELECT status
    FROM pair
    WHERE user_id = CAST(:contact_id AS uuid)
),
-- The row stays while the other blocks too, or if they were contacts: a block keeps accepted_at.
kept AS (
    UPDATE contacts
    SET
        status = CASE
            WHEN own.accepted_at IS NULL THEN 'pending'
            ELSE 'accepted'
        END,
        blocked_at = NULL
    FROM
        own,
        other
    WHERE contacts.user_id = CAST(:user_id AS uuid)
        AND contacts.contact_id = CAST(:contact_id AS uuid)
        AND (other.status = 'blocked' OR (other.status = 'accepted' AND own.accepted_at IS NOT NULL))
    RETURNING contacts.status
),
removed AS (
    DELETE FROM contacts
    USING
        own,
        other,
        pair
    WHERE contacts.user_id = pair.user_id
        AND contacts.contact_id = pair.contact_id
        AND NOT (other.status = 'blocked' OR (other.status = 'accepted' AND own.accepted_at IS NOT NULL))
)
SELECT
    CASE (SELECT status FROM kept)
        WHEN 'accepted' THEN 'accepted'
        ELSE 'none'
    END AS status
FROM own;
