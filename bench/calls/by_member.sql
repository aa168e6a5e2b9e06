-- A member sends to the chat.
SELECT
    chat_id,
    user_id,
    user_id AS sender_id,
    bench_new_id() AS message_id
FROM bench_calls
WHERE number = CAST(:row AS integer)
