INSERT INTO message_reactions (
    chat_id,
    message_id,
    user_id,
    emoji
) VALUES (
    %(chat_id)s,
    %(message_id)s,
    %(user_id)s,
    %(emoji)s
)
RETURNING created_at;
