-- One make seed at a time in a schema; the transaction's end gives the lock back.
SELECT pg_advisory_xact_lock(hashtext('messenger-db seeds'), hashtext(coalesce(current_schema(), '')));
