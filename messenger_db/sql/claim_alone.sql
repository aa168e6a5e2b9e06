SELECT pg_try_advisory_lock(hashtext(%(what)s), ('x' || %(claim)s)::bit(32)::int);
