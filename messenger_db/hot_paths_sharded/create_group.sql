/* @name create_group */
-- name: create_group(member_ids, user_id, chat_id, slug, name)^
-- record_class: CreateGroupRow
-- Creates a group with its owner and its first members. Safe to repeat with the same chat id.
--
-- Parameters: chat_id uuid (made by the client), user_id uuid (the owner), name text, slug text (its address; NULL lets
--   the server make one), member_ids uuid[] (others; those who are gone are left out)
-- Returns: one row. outcome is 'created'; 'repeated' (made before, by this user); 'id_taken' (by another chat); 'full'
--   (more than 300 people); or 'refused' (the user is gone); nothing is stored but by the first. members uuid[]: who is
--   in it now.
-- Nullable: none
-- Indexes: users_pkey, chats_*, chat_slugs_*, chat_participants_*
-- Pages: 100 + 40 a member
-- Locks: the new rows, then (by their keys) the people KEY SHARE.
-- Errors: 23505 chat_slugs_pkey: the address is taken; 23514: a rule of chats was violated; the constraint is named; do
--   not retry. 40P01: retry.
WITH people AS MATERIALIZED (
    SELECT id
    FROM users
    -- In a subquery: else a plan made for a few people looks cheaper than one for all, and is made for each call.
    WHERE id = ANY (CAST((SELECT CAST(:member_ids AS uuid[]) || CAST(:user_id AS uuid)) AS uuid[]))
        AND deleted_at IS NULL
),
may AS MATERIALIZED (
    SELECT
        count(*) <= 300 AS fits,
        COALESCE(bool_or(id = CAST(:user_id AS uuid)), false) AS has_owner
    FROM people
),
known AS MATERIALIZED (
    SELECT created_by
    FROM chats
    WHERE id = CAST(:chat_id AS uuid)
),
claimed AS (
    INSERT INTO chat_slugs (slug, chat_id)
    SELECT
        COALESCE(CAST(:slug AS text), 'group-' || CAST(:chat_id AS uuid)::text),
        CAST(:chat_id AS uuid)
    FROM may
    WHERE fits
        AND has_owner
        AND NOT EXISTS (SELECT FROM known)
    RETURNING slug
),
made AS (
    INSERT INTO chats (
        id,
        type,
        name,
        slug,
        created_by
    )
    SELECT
        CAST(:chat_id AS uuid),
        'group',
        CAST(:name AS text),
        slug,
        CAST(:user_id AS uuid)
    FROM claimed
    ON CONFLICT (id) DO NOTHING
    RETURNING id
),
joined AS (
    INSERT INTO chat_participants (
        chat_id,
        user_id,
        role,
        added_by
    )
    SELECT
        CAST(:chat_id AS uuid),
        people.id,
        CASE people.id
            WHEN CAST(:user_id AS uuid) THEN 'owner'
            ELSE 'member'
        END,
        NULLIF(CAST(:user_id AS uuid), people.id)
    FROM made
    CROSS JOIN people
    ORDER BY people.id
    RETURNING user_id
)
SELECT
    CASE
        WHEN EXISTS (SELECT FROM made) THEN 'created'
        WHEN EXISTS (SELECT FROM known WHERE created_by = CAST(:user_id AS uuid)) THEN 'repeated'
        WHEN NOT may.has_owner THEN 'refused'
        WHEN NOT may.fits THEN 'full'
        ELSE 'id_taken'
    END AS outcome,
    ARRAY(
        SELECT user_id
        FROM joined
        UNION ALL
        SELECT user_id
        FROM chat_participants
        WHERE chat_id = CAST(:chat_id AS uuid)
            AND left_at IS NULL
            AND EXISTS (SELECT FROM known WHERE created_by = CAST(:user_id AS uuid))
    ) AS members
FROM may;
