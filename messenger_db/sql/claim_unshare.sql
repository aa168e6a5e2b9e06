SELECT pg_advisory_unlock_shared(hashtext(%(what)s), ('x' || %(claim)s)::bit(32)::int);
