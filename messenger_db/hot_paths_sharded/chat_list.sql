/* @name chat_list */
-- name: chat_list(user_id, before_is_pinned, before_message_id, before_chat_id)
-- record_class: ChatListRow
-- Returns a page of a user's chats, with last message and unread count: pinned chats first, then by newest message.
--
-- Parameters: user_id uuid, and the last row of the page before: before_is_pinned boolean, before_message_id uuid,
--   before_chat_id uuid (for the first page true and twice ffffffff-ffff-ffff-ffff-ffffffffffff)
-- Returns: at most 50 rows: chat_id, type, name, slug, avatar_url, is_pinned, muted_until, peer_id (of a direct chat;
--   NULL once that user was purged), message_id (all zeros in a chat without messages), sender_id, content (its first 200
--   characters), content_type, deleted_at, created_at, unread.
-- Nullable: name, avatar_url, muted_until, peer_id, sender_id, content, content_type, deleted_at, created_at
-- Indexes: chat_participants_*, messages_chat_id_id_key, chats_pkey, unread_messages_pkey
-- Pages: 400 + 10 a chat + 1 an unread message
-- Locks: none.
-- Errors: none to retry.
SELECT
    chats.id AS chat_id,
    chats.type,
    chats.name,
    chats.slug,
    chats.avatar_url,
    chat_participants.pinned_at IS NOT NULL AS is_pinned,
    chat_participants.muted_until,
    (
        SELECT peer.user_id
        FROM chat_participants AS peer
        WHERE peer.chat_id = chat_participants.chat_id
            AND peer.user_id <> chat_participants.user_id
            AND chats.type = 'direct'
    ) AS peer_id,
    COALESCE(newest.id, '00000000-0000-0000-0000-000000000000') AS message_id,
    newest.sender_id,
    left(newest.content, 200) AS content,
    newest.content_type,
    newest.deleted_at,
    newest.created_at,
    (
        SELECT CAST(count(*) AS integer)
        FROM unread_messages
        WHERE unread_messages.user_id = chat_participants.user_id
            AND unread_messages.chat_id = chat_participants.chat_id
    ) AS unread
FROM chat_participants
JOIN chats ON chats.id = chat_participants.chat_id
LEFT JOIN LATERAL (
    SELECT
        messages.id,
        messages.sender_id,
        messages.content,
        messages.content_type,
        messages.deleted_at,
        messages.created_at
    FROM messages
    WHERE messages.chat_id = chat_participants.chat_id
    ORDER BY
        messages.chat_id DESC,
        messages.id DESC
    LIMIT 1
) AS newest ON true
WHERE chat_participants.user_id = CAST(:user_id AS uuid)
    AND chat_participants.left_at IS NULL
    AND NOT chats.is_deleted
    AND (
        chat_participants.pinned_at IS NOT NULL,
        COALESCE(newest.id, '00000000-0000-0000-0000-000000000000'),
        chats.id
    ) < (
        CAST(:before_is_pinned AS boolean),
        CAST(:before_message_id AS uuid),
        CAST(:before_chat_id AS uuid)
    )
ORDER BY
    is_pinned DESC,
    message_id DESC,
    chats.id DESC
LIMIT 50;
