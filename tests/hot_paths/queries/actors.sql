-- Whom and what the filled database's calls are about. See fill.sql.
SELECT
    md5('user1')::uuid AS user_id,
    md5('session1')::uuid AS session_id,
    md5('user10')::uuid AS contact,
    md5('user110')::uuid AS asking,
    md5('user2')::uuid AS deleted_user,
    sha256('user_1') AS token_hash,
    md5('chat1')::uuid AS chat_id,
    md5('chat2')::uuid AS big_group_id,
    md5('chat50')::uuid AS group_id,
    (
        SELECT user_id
        FROM chat_participants
        WHERE chat_id = md5('chat2')::uuid
        LIMIT 1
    ) AS big_group_member,
    (
        SELECT id
        FROM messages
        WHERE chat_id = md5('chat2')::uuid
        LIMIT 1
    ) AS big_group_message,
    (
        SELECT user_id
        FROM chat_participants
        WHERE chat_id = md5('chat50')::uuid
            AND user_id <> md5('user1')::uuid
        LIMIT 1
    ) AS group_member,
    (
        SELECT id
        FROM users
        WHERE NOT EXISTS (
            SELECT
            FROM chat_participants
            WHERE chat_id = md5('chat50')::uuid
                AND user_id = users.id
        )
        LIMIT 1
    ) AS stranger,
    (
        SELECT id
        FROM messages
        WHERE (chat_id, sender_id) = (md5('chat1')::uuid, md5('user1')::uuid)
        ORDER BY id DESC
        LIMIT 1
    ) AS own_message,
    ARRAY(
        SELECT id
        FROM messages
        WHERE chat_id = md5('chat1')::uuid
        ORDER BY id DESC
    ) AS messages,
    (
        SELECT count(*)
        FROM chat_participants
        WHERE user_id = md5('user1')::uuid
    ) AS chats,
    (
        SELECT count(*)
        FROM unread_messages
        WHERE user_id = md5('user1')::uuid
    ) AS unread,
    (
        SELECT count(*)
        FROM unread_messages
        WHERE (user_id, chat_id) = (md5('user1')::uuid, md5('chat1')::uuid)
    ) AS unread_in_chat,
    (
        SELECT count(*)
        FROM message_delivery
        WHERE user_id = md5('user1')::uuid
            AND status = 'pending'
    ) AS pending,
    (
        SELECT count(*)
        FROM messages
        JOIN chat_participants USING (chat_id)
        WHERE user_id = md5('user1')::uuid
            AND content LIKE '%lunch%'
    ) AS found
