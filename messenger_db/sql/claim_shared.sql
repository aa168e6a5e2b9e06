-- The first key is this use's own, the second says what is claimed: 8 hexadecimal digits.
SELECT pg_try_advisory_lock_shared(hashtext(%(what)s), ('x' || %(claim)s)::bit(32)::int);
