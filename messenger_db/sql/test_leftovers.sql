-- Databases of test processes that are gone, and templates of runs that are: no session on the server, in whichever
-- database, claims what their names end with. The list is older than the locks it is compared with, and who makes a
-- database has claimed its name before.
WITH databases AS (
    SELECT
        datname AS name,
        datistemplate AS is_template,
        coalesce(
            substring(datname FROM '_messenger_([0-9a-f]{8})_[0-9]+$'),
            substring(datname FROM '^messenger_template_[0-9a-f]{16}_([0-9a-f]{8})(?:_unfinished)?$')
        ) AS claim
    FROM pg_database
    WHERE pg_has_role(datdba, 'USAGE')
        AND coalesce(shobj_description(oid, 'pg_database'), '') NOT LIKE 'kept: %%'
)
SELECT
    name,
    is_template
FROM databases
WHERE claim IS NOT NULL
    AND NOT EXISTS (
        SELECT
        FROM pg_locks
        WHERE locktype = 'advisory'
            AND classid::bigint = hashtext(%(what)s)::bit(32)::bigint
            AND objid::bigint = ('x' || claim)::bit(32)::bigint
            AND objsubid = 2
    );
