-- Templates that nobody uses at this moment, the one used last first; half a one has no date.
SELECT
    datname,
    substring(datname FROM '^messenger_template_([0-9a-f]{8})'),
    datname LIKE '%%_unfinished'
FROM pg_database
WHERE datname ~ '^messenger_template_[0-9a-f]{16}(_unfinished)?$'
    AND pg_has_role(datdba, 'USAGE')
    AND NOT EXISTS (
        SELECT
        FROM pg_locks
        WHERE locktype = 'advisory'
            AND classid::bigint = hashtext(%(what)s)::bit(32)::bigint
            AND objid::bigint = ('x' || substring(datname FROM '^messenger_template_([0-9a-f]{8})'))::bit(32)::bigint
            AND objsubid = 2
    )
ORDER BY shobj_description(oid, 'pg_database') DESC NULLS LAST;
