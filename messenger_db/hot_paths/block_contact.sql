/* @name block_contact */
-- name: block_contact(user_id, contact_id)^
-- record_class: BlockContactRow
-- Blocks another user, a contact or not: they can no longer send to the user in their direct chat. Safe to repeat.
--
-- Parameters: user_id uuid (who blocks), contact_id uuid (who is blocked)
-- Returns: one row, blocked_at; none when one of the two is gone, or both are the same user.
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
pair AS (
    -- If there was no contact, the other's row is pending, as if they had asked: a contact is always two rows.
    INSERT INTO contacts AS known (
        user_id,
        contact_id,
        status,
        requested_by,
        blocked_at
    )
    SELECT
        person.id,
        other.id,
        CASE
            WHEN person.id = CAST(:user_id AS uuid) THEN 'blocked'
            ELSE 'pending'
        END,
        CAST(:contact_id AS uuid),
        CASE
            WHEN person.id = CAST(:user_id AS uuid) THEN statement_timestamp()
        END
    FROM people AS person
    JOIN people AS other ON other.id <> person.id
    ORDER BY person.id
    ON CONFLICT (user_id, contact_id) DO UPDATE
    SET
        status = CASE excluded.status
            WHEN 'blocked' THEN 'blocked'
            ELSE known.status
        END,
        blocked_at = COALESCE(known.blocked_at, excluded.blocked_at)
    RETURNING
        user_id,
        blocked_at
)
SELECT blocked_at
FROM pair
WHERE user_id = CAST(:user_id AS uuid);
