-- A member, and the middle of a chat's history.
SELECT
    user_id,
    chat_id,
    session_id,
    token_hash,
    middle_id AS message_id,
    middle_id AS before_id,
    middle_at AS before_at,
    middle_id AS after_id,
    middle_at AS after_at,
    message_ids
FROM bench_calls
WHERE number = CAST(:row AS integer)
