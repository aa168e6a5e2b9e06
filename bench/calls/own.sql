-- A member, and a message that he wrote.
SELECT
    user_id,
    chat_id,
    own_id AS message_id
FROM bench_calls
WHERE number = CAST(:row AS integer)
