SELECT pg_advisory_unlock(hashtext('messenger-db'), hashtext(coalesce(current_schema(), '')));
