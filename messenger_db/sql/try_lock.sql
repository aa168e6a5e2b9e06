-- Advisory locks are a database's own; the second key parts the schemas within it.
SELECT pg_try_advisory_lock(hashtext('messenger-db'), hashtext(coalesce(current_schema(), '')));
