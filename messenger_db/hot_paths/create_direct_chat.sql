/* @name create_direct_chat */
-- name: create_direct_chat(user_id, other_id)^
-- record_class: CreateDirectChatRow
-- Opens the direct chat of two users: creates it if there is none, and lets a user who had left it join again. Two users
-- who do so at the same time get the same chat.
--
-- Parameters: user_id uuid (who opens it), other_id uuid
-- Returns: one row: chat_id, is_new; none when one of the two is gone, or both are the same user.
-- Nullable: none
-- Indexes: users_pkey, chats_slug_key, chat_participants_*
-- Pages: 120
-- Locks: the two users KEY SHARE in key order, a chat that another session has just made NO KEY UPDATE, the members.
-- Errors: 40P01: retry.
WITH people AS MATERIALIZED (
    SELECT id
    FROM users
    WHERE id IN (CAST(:user_id AS uuid), CAST(:other_id AS uuid))
        AND deleted_at IS NULL
    ORDER BY id
    FOR KEY SHARE
),
address AS MATERIALIZED (
    SELECT 'direct-' || string_agg(id::text, '-' ORDER BY id) AS slug
    FROM people
    HAVING count(*) = 2
),
known AS MATERIALIZED (
    SELECT chats.id
    FROM address
    JOIN chats ON chats.slug = address.slug
),
-- DO UPDATE, not DO NOTHING: it sees a chat that was committed after this statement began.
made AS (
    INSERT INTO chats (
        type,
        slug,
        created_by
    )
    SELECT
        'direct',
        slug,
        CAST(:user_id AS uuid)
    FROM address
    WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT (slug) DO UPDATE
    SET is_deleted = chats.is_deleted
    RETURNING
        id,
        xmax = 0 AS is_new
),
chat AS MATERIALIZED (
    SELECT
        id,
        false AS is_new
    FROM known

    UNION ALL

    SELECT
        id,
        is_new
    FROM made
),
joined AS (
    INSERT INTO chat_participants AS member (
        chat_id,
        user_id
    )
    SELECT
        chat.id,
        people.id
    FROM chat
    CROSS JOIN people
    ORDER BY people.id
    ON CONFLICT (chat_id, user_id) DO UPDATE
    SET
        joined_at = GREATEST(member.left_at, excluded.joined_at),
        left_at = NULL
    WHERE member.user_id = CAST(:user_id AS uuid)
        AND member.left_at IS NOT NULL
)
SELECT
    id AS chat_id,
    is_new
FROM chat;
