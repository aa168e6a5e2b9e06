-- Plain: take an emoji back.
DELETE FROM message_reactions
WHERE message_id = CAST(:message_id AS uuid)
    AND user_id = CAST(:user_id AS uuid)
    AND emoji = CAST(:emoji AS text);
