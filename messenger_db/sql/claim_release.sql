SELECT pg_advisory_unlock(hashtext(%(what)s), ('x' || %(claim)s)::bit(32)::int);
