-- The same calls of a plain layout.
CREATE TABLE bench_calls AS
SELECT
    number,
    user_id,
    session_id,
    token_hash,
    chat_id,
    other_id,
    message_id(own_id) AS own_id,
    words,
    content,
    message_id(middle_id) AS middle_id,
    middle_at,
    ARRAY(SELECT message_id(id) FROM unnest(message_ids) AS id) AS message_ids
FROM public.bench_calls;

CREATE UNIQUE INDEX ON bench_calls (number);

CREATE TABLE bench_sends AS
SELECT *
FROM public.bench_sends;

CREATE UNIQUE INDEX ON bench_sends (size, number);
