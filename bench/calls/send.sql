-- A sender to a chat of that size. The client makes the message's id.
SELECT
    chat_id,
    user_id,
    user_id AS sender_id,
    bench_new_id() AS message_id
FROM bench_sends
WHERE size = CAST(:size AS integer)
    AND number = mod(CAST(:row AS integer), 1000)
