/* @name request_contact */
-- name: request_contact(user_id, contact_id)^
-- record_class: RequestContactRow
-- Asks another user to become a contact, or accepts if that user has asked already. Safe to repeat.
--
-- Parameters: user_id uuid (who asks), contact_id uuid
-- Returns: one row. outcome is 'requested' (also when repeated, and when the other has blocked the user, who need not
--   know), 'accepted' (now or before), 'blocked' (by the user: unblock_contact first) or 'refused' (one of the two is
--   gone, or both are the same user).
-- Nullable: none
-- Indexes: users_pkey, contacts_pkey
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
-- A request to a user who has blocked this one has no effect, and a user cannot ask one whom they have blocked.
blocks AS MATERIALIZED (
    SELECT user_id
    FROM contacts
    WHERE (
            (user_id = CAST(:user_id AS uuid) AND contact_id = CAST(:contact_id AS uuid))
            OR (user_id = CAST(:contact_id AS uuid) AND contact_id = CAST(:user_id AS uuid))
        )
        -- Not by status: the planner would take an index of all blocked users for as good as the key.
        AND blocked_at IS NOT NULL
),
pair AS (
    INSERT INTO contacts AS known (
        user_id,
        contact_id,
        requested_by
    )
    SELECT
        person.id,
        other.id,
        CAST(:user_id AS uuid)
    FROM people AS person
    JOIN people AS other ON other.id <> person.id
    ORDER BY person.id
    -- DO UPDATE sees what the other did a moment ago: two who ask each other at the same time become contacts.
    ON CONFLICT (user_id, contact_id) DO UPDATE
    SET
        status = CASE
            WHEN known.status = 'pending'
                AND known.requested_by <> excluded.requested_by
                AND NOT EXISTS (SELECT FROM blocks)
                THEN 'accepted'
            ELSE known.status
        END,
        accepted_at = CASE
            WHEN known.status = 'pending'
                AND known.requested_by <> excluded.requested_by
                AND NOT EXISTS (SELECT FROM blocks)
                THEN GREATEST(known.created_at, excluded.created_at)
            ELSE known.accepted_at
        END
    RETURNING
        user_id,
        status
)
SELECT
    COALESCE(
        (
            SELECT
                CASE status
                    WHEN 'pending' THEN 'requested'
                    ELSE status
                END
            FROM pair
            WHERE user_id = CAST(:user_id AS uuid)
        ),
        'refused'
    ) AS outcome;
