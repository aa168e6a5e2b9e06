/* @name register_user */
-- name: register_user(username, password_hash, display_name)^
-- record_class: RegisterUserRow
-- Creates an account. No other user can then have the same username, regardless of case.
--
-- Parameters: username text, password_hash text (bcrypt or argon2id), display_name text (NULL for none)
-- Returns: one row. outcome is 'registered' or 'username_taken' (nothing stored); user_id, created_at.
-- Nullable: user_id, created_at
-- Indexes: none
-- Pages: 40
-- Locks: the new row; of two who want the same name at the same time, the second waits for the first.
-- Errors: 23514, 22001: a rule of users was violated; the constraint is named; do not retry.
WITH registered AS (
    INSERT INTO users (
        username,
        password_hash,
        display_name
    ) VALUES (
        CAST(:username AS text),
        CAST(:password_hash AS text),
        CAST(:display_name AS text)
    )
    -- Either of the two keys of the username.
    ON CONFLICT DO NOTHING
    RETURNING
        id,
        created_at
)
SELECT
    CASE
        WHEN registered.id IS NULL THEN 'username_taken'
        ELSE 'registered'
    END AS outcome,
    registered.id AS user_id,
    registered.created_at
FROM (SELECT) AS always
LEFT JOIN registered ON true;
