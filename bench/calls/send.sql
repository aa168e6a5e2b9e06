-- A sender to a chat of that size. The client makes the message's id.
SELECT
    chat_id,
    user_id,
    user_id AS sender_id,
    bench_new_id() AS message_id
FROM bench_sends
WHERE size = :size::integer
    AND number = :row::integer % 1000
