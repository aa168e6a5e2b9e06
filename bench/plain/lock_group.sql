-- Plain: lock a group.
SELECT id
FROM chats
WHERE id = CAST(:chat_id AS uuid)
    AND type = 'group'
FOR UPDATE;
