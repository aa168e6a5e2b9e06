-- Cheaper by far than to look into pg_stat_activity.
SELECT pg_stat_get_db_numbackends(oid)
FROM pg_database
WHERE datname = %(database)s;
