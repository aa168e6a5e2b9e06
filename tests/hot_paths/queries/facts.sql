-- All that the model of the hot paths knows, as one set of facts. See model.py.
SELECT json_build_array('user', id)
FROM users
WHERE deleted_at IS NULL
UNION ALL
SELECT json_build_array('chat', id, chat_participants.user_id)
FROM chats
LEFT JOIN chat_participants ON chat_id = id
    AND role = 'owner'
UNION ALL
SELECT json_build_array('member', chat_id, user_id)
FROM chat_participants
WHERE left_at IS NULL
UNION ALL
SELECT json_build_array('message', id, chat_id, sender_id, content, is_edited, is_deleted)
FROM messages
UNION ALL
SELECT json_build_array('receipt', message_id, user_id, status)
FROM message_delivery
UNION ALL
SELECT json_build_array('unread', user_id, message_id)
FROM unread_messages
UNION ALL
SELECT json_build_array('reaction', message_id, user_id, emoji)
FROM message_reactions
