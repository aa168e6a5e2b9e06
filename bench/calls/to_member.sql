-- Somebody else sends to a member's chat.
SELECT
    chat_id,
    other_id AS sender_id,
    bench_new_id() AS message_id
FROM bench_calls
WHERE number = CAST(:row AS integer)
