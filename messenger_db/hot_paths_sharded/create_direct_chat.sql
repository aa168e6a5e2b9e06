/* @name create_direct_chat */
-- name: create_direct_chat(user_id, other_id)^
-- record_class: CreateDirectChatRow
-- Opens the direct chat of two users: creates it if there is none, and lets a user who had left it join again. Two users
-- who do so at the same time get the same chat.
--
-- Parameters: user_id uuid (who opens it), other_id uuid
-- Returns: one row: chat_id, is_new; none when one of the two is gone, or both are the same user.
-- Nullable: none
-- Indexes: users_pkey, chat_slugs_*, chats_pkey, chat_participants_*
-- Pages: 120
-- Locks: the two users KEY SHARE in key order, the address, the members.
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
    SELECT chat_slugs.chat_id
    FROM address
    JOIN chat_slugs ON chat_slugs.slug = address.slug
),
-- DO UPDATE, not DO NOTHING: it sees an address that was committed after this statement began.
claimed AS (
    INSERT INTO chat_slugs (slug, chat_id)
    SELECT
        slug,
        gen_random_uuid()
    FROM address
    WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT (slug) DO UPDATE
    SET slug = excluded.slug
    RETURNING
        slug,
        chat_id
),
made AS (
    INSERT INTO chats (
        id,
        type,
        slug,
        created_by
    )
    SELECT
        chat_id,
        'direct',
        slug,
        CAST(:user_id AS uuid)
    FROM claimed
    ON CONFLICT (id) DO NOTHING
    RETURNING id
),
chat AS MATERIALIZED (
    SELECT chat_id AS id
    FROM known

    UNION ALL

    SELECT chat_id
    FROM claimed
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
    EXISTS (SELECT FROM made) AS is_new
FROM chat;
