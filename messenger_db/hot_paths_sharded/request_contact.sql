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
    ON CONFLICT (user_id, contact_id) DO NOTHING
    RETURNING
        user_id,
        status
),
-- Citus takes no DO UPDATE that asks for blocks. It runs this after the insert, so it sees what the other did a moment ago.
accepted AS (
    UPDATE contacts
    SET
        status = 'accepted',
        accepted_at = GREATEST(created_at, statement_timestamp())
    WHERE (
            (user_id = CAST(:user_id AS uuid) AND contact_id = CAST(:contact_id AS uuid))
            OR (user_id = CAST(:contact_id AS uuid) AND contact_id = CAST(:user_id AS uuid))
        )
        AND status = 'pending'
        AND requested_by = CAST(:contact_id AS uuid)
        AND (SELECT count(*) FROM people) = 2
        AND NOT EXISTS (SELECT FROM blocks)
        AND (SELECT count(*) FROM pair) >= 0
    RETURNING
        user_id,
        status
),
standing AS MATERIALIZED (
    SELECT status
    FROM pair
    WHERE user_id = CAST(:user_id AS uuid)

    UNION ALL

    SELECT status
    FROM accepted
    WHERE user_id = CAST(:user_id AS uuid)

    UNION ALL

    SELECT status
    FROM contacts
    WHERE user_id = CAST(:user_id AS uuid)
        AND contact_id = CAST(:contact_id AS uuid)
        AND NOT EXISTS (SELECT FROM pair)
        AND NOT EXISTS (SELECT FROM accepted)
        AND (SELECT count(*) FROM people) = 2
)
SELECT
    COALESCE(
        (
            SELECT
                CASE status
                    WHEN 'pending' THEN 'requested'
                    ELSE status
                END
            FROM standing
        ),
        'refused'
    ) AS outcome;
