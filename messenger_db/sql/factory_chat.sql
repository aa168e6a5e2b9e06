-- The first member of a group owns it and has made it; each of a direct chat's is a member.
WITH chat AS (
    INSERT INTO chats (
        id,
        type,
        name,
        slug,
        created_by
    ) VALUES (
        %(id)s,
        %(type)s,
        %(name)s,
        %(slug)s,
        (%(members)s::uuid[])[1]
    )
    RETURNING
        id,
        type,
        created_by,
        created_at
),
participants AS (
    INSERT INTO chat_participants (
        chat_id,
        user_id,
        role,
        added_by
    )
    SELECT
        chat.id,
        member.id,
        CASE WHEN chat.type = 'group' AND member.position = 1 THEN 'owner' ELSE 'member' END,
        CASE WHEN member.position > 1 THEN chat.created_by END
    FROM chat
    CROSS JOIN unnest(%(members)s::uuid[]) WITH ORDINALITY AS member (id, position)
)
SELECT created_at
FROM chat;
