-- A member, and a word that he wrote once.
SELECT
    user_id,
    words,
    'ffffffff-ffff-ffff-ffff-ffffffffffff' AS before_id
FROM bench_calls
WHERE number = CAST(:row AS integer)
