-- The chats at the top of a person's list: pinned ones, then those with the newest messages.
SELECT
    chats.id::text AS id,
    type,
    COALESCE(name, nickname, other.display_name, other.username) AS name,
    other.status AS status,
    members.names,
    mine.pinned_at IS NOT NULL AS is_pinned,
    COALESCE(mine.muted_until > CURRENT_TIMESTAMP, false) AS is_muted,
    (
        SELECT count(*)
        FROM unread_messages
        WHERE unread_messages.user_id = mine.user_id
            AND unread_messages.chat_id = chats.id
    ) AS unread
FROM chat_participants AS mine
JOIN chats ON chats.id = mine.chat_id
CROSS JOIN LATERAL (
    SELECT id
    FROM messages
    WHERE chat_id = chats.id
    ORDER BY id DESC
    LIMIT 1
) AS newest
CROSS JOIN LATERAL (
    SELECT array_agg(COALESCE(display_name, username) ORDER BY role = 'owner' DESC, joined_at, users.id) AS names
    FROM chat_participants
    JOIN users ON users.id = user_id
    WHERE chat_id = chats.id
        AND left_at IS NULL
) AS members
LEFT JOIN chat_participants AS theirs
    ON type = 'direct'
    AND theirs.chat_id = chats.id
    AND theirs.user_id <> mine.user_id
LEFT JOIN users AS other ON other.id = theirs.user_id
LEFT JOIN contacts ON contacts.user_id = mine.user_id AND contacts.contact_id = other.id
WHERE mine.user_id = %(person)s
    AND mine.left_at IS NULL
    AND NOT chats.is_deleted
ORDER BY
    is_pinned DESC,
    newest.id DESC
LIMIT %(chats)s
