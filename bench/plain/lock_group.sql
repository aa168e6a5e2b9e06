-- Plain: lock a group.
SELECT id
FROM chats
WHERE id = :chat_id::uuid
    AND type = 'group'
FOR UPDATE;
