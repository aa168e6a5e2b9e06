-- The databases of tests, and the templates that they are copies of.

-- name: clone(strategy)
-- The strategy in lower case: the first minor releases of 15 and 16 know no other.
CREATE DATABASE {database} TEMPLATE {template} STRATEGY :strategy;

-- name: comment(comment)
COMMENT ON DATABASE {database} IS :comment;

-- name: set_timezone(timezone)
ALTER DATABASE {database} SET timezone TO :timezone;

-- name: rename()
ALTER DATABASE {database} RENAME TO {name};

-- name: seal()
ALTER DATABASE {database} ALLOW_CONNECTIONS false IS_TEMPLATE true;

-- name: unseal()
ALTER DATABASE {database} IS_TEMPLATE false;

-- name: refuse_connections()
ALTER DATABASE {database} ALLOW_CONNECTIONS false;

-- name: sessions(database)
-- Cheaper by far than to look into pg_stat_activity.
SELECT pg_stat_get_db_numbackends(oid)
FROM pg_database
WHERE datname = :database;

-- name: end_sessions(database)
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datname = :database;

-- name: changes(database)
-- Counters of all rows written in a database, those of the catalogs and of transactions rolled back included: each session
-- has added its own when it is gone. Then what is kept of a database outside of it.
SELECT
    pg_stat_get_db_tuples_inserted(oid),
    pg_stat_get_db_tuples_updated(oid),
    pg_stat_get_db_tuples_deleted(oid),
    pg_stat_get_db_stat_reset_time(oid),
    datdba,
    datallowconn,
    datconnlimit,
    datacl::text,
    ARRAY(SELECT s::text FROM pg_db_role_setting AS s WHERE setdatabase = pg_database.oid ORDER BY setrole),
    EXISTS (SELECT FROM pg_prepared_xacts WHERE database = datname),
    EXISTS (SELECT FROM pg_replication_slots WHERE database = datname)
FROM pg_database
WHERE datname = :database;

-- name: drop()
DROP DATABASE IF EXISTS {database};

-- name: templates(what)
-- Templates that nobody uses at this moment, the one used last first; half a one has no date.
SELECT
    datname,
    substring(datname FROM '^messenger_template_([0-9a-f]{8})'),
    datname LIKE '%_unfinished'
FROM pg_database
WHERE datname ~ '^messenger_template_[0-9a-f]{16}(_unfinished)?$'
    AND pg_has_role(datdba, 'USAGE')
    AND NOT EXISTS (
        SELECT
        FROM pg_locks
        WHERE locktype = 'advisory'
            AND classid::bigint = hashtext(:what)::bit(32)::bigint
            AND objid::bigint = ('x' || substring(datname FROM '^messenger_template_([0-9a-f]{8})'))::bit(32)::bigint
            AND objsubid = 2
    )
ORDER BY shobj_description(oid, 'pg_database') DESC NULLS LAST;

-- name: leftovers(what)
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
        AND coalesce(shobj_description(oid, 'pg_database'), '') NOT LIKE 'kept: %'
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
            AND classid::bigint = hashtext(:what)::bit(32)::bigint
            AND objid::bigint = ('x' || claim)::bit(32)::bigint
            AND objsubid = 2
    );

-- name: loose_tables()
-- Tables of this database with a free space or visibility map: rewritten they have none, and are fewer files to copy.
SELECT oid::regclass::text
FROM pg_class
WHERE relkind IN ('r', 'm')
    AND NOT relisshared
    AND pg_has_role(relowner, 'USAGE')
    AND pg_relation_size(oid, 'fsm') + pg_relation_size(oid, 'vm') > 0;

-- name: rewrite_table()
VACUUM (FULL, FREEZE) {table};

-- name: begin()
SAVEPOINT messenger_tx;

-- name: undo()
-- Fails where the transaction of `begin` is over.
ROLLBACK TO SAVEPOINT messenger_tx;

-- name: sequences()
-- A rollback does not turn them back.
SELECT
    seqrelid,
    pg_sequence_last_value(seqrelid)
FROM pg_sequence
ORDER BY seqrelid;
