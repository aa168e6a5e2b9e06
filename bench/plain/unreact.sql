-- Plain: take an emoji back.
DELETE FROM message_reactions
WHERE message_id = :message_id::uuid
    AND user_id = :user_id::uuid
    AND emoji = :emoji::text;
