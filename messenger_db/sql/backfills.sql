-- Backfills: the table with their records, and the batches.

-- name: create_records()
CREATE TABLE IF NOT EXISTS _yoyo_backfills (
    backfill_id varchar(255) PRIMARY KEY,
    depends_on varchar(255) NOT NULL,
    sha256 varchar(64) NOT NULL,
    last_key text[], -- the largest key when it began: what came later is covered
    done_key text[], -- the cursor: rows up to it are done
    rows_expected bigint NOT NULL,
    rows_done bigint NOT NULL DEFAULT 0,
    batch_rows int NOT NULL,
    rows_left jsonb NOT NULL DEFAULT '[]', -- keys of rows that could not be changed, each with the reason
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    moved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    completed_at timestamptz
);

-- name: records()
SELECT
    backfill_id,
    sha256,
    last_key,
    done_key,
    rows_expected,
    rows_done,
    batch_rows,
    date_trunc('second', started_at),
    date_trunc('second', moved_at),
    date_trunc('second', completed_at),
    rows_left
FROM _yoyo_backfills
ORDER BY backfill_id;

-- name: record_start(id, depends, sha256, last_key, rows, batch_rows)
INSERT INTO _yoyo_backfills (
    backfill_id,
    depends_on,
    sha256,
    last_key,
    rows_expected,
    batch_rows
) VALUES (
    :id,
    :depends,
    :sha256,
    :last_key::text[],
    :rows,
    :batch_rows
);

-- name: record_changed_file(id, sha256)
UPDATE _yoyo_backfills
SET sha256 = :sha256
WHERE backfill_id = :id;

-- name: move(id, before, after, rows, batch_rows)
-- Changes nothing where another session has moved the cursor.
UPDATE _yoyo_backfills
SET
    done_key = :after::text[],
    rows_done = rows_done + :rows,
    batch_rows = :batch_rows,
    moved_at = statement_timestamp()
WHERE backfill_id = :id
    AND done_key IS NOT DISTINCT FROM :before::text[]
    AND completed_at IS NULL;

-- name: leave_row(id, row)
UPDATE _yoyo_backfills
SET rows_left = rows_left || jsonb_build_array(:row::jsonb)
WHERE backfill_id = :id;

-- name: take_row(id, key)
-- Changes nothing where another session has taken it.
UPDATE _yoyo_backfills
SET
    rows_left = (
        SELECT coalesce(jsonb_agg(row ORDER BY number), '[]')
        FROM jsonb_array_elements(rows_left) WITH ORDINALITY AS rows (row, number)
        WHERE row -> 'key' <> :key::jsonb
    ),
    rows_done = rows_done + 1,
    moved_at = statement_timestamp()
WHERE backfill_id = :id
    AND rows_left @> jsonb_build_array(jsonb_build_object('key', :key::jsonb))
    AND completed_at IS NULL;

-- name: record_through(id, before)
-- Complete, unless rows are left.
UPDATE _yoyo_backfills
SET
    done_key = last_key,
    moved_at = clock.now,
    completed_at = CASE WHEN rows_left = '[]' THEN clock.now END
-- By itself: Citus takes no function that is not immutable within a CASE of an UPDATE.
FROM (SELECT statement_timestamp() AS now) AS clock
WHERE backfill_id = :id
    AND done_key IS NOT DISTINCT FROM :before::text[]
    AND completed_at IS NULL;

-- name: forget(migration)
DELETE FROM _yoyo_backfills
WHERE depends_on = :migration;

-- name: key(table)
-- The columns of the primary key in its order, each with its type; nothing for a table that is not there.
SELECT
    attname,
    format_type(atttypid, atttypmod)
FROM pg_index
CROSS JOIN unnest(indkey) WITH ORDINALITY AS parts (number, position)
JOIN pg_attribute ON attrelid = indrelid AND attnum = number
WHERE indrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident(:table))
    AND indisprimary
    AND position <= indnkeyatts
ORDER BY position;

-- name: has_trigger(table, trigger)
-- One that fires for each new row.
SELECT EXISTS (
    SELECT
    FROM pg_trigger
    WHERE tgrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident(:table))
        AND tgname = :trigger
        AND tgenabled IN ('O', 'A')
        AND tgtype & 5 = 5
);

-- name: has_rows()
SELECT EXISTS (
    SELECT
    FROM {table}
);

-- name: expected_rows()
-- The planner goes by the size that the table has now: a table that nothing has analyzed has an answer too.
EXPLAIN (FORMAT JSON)
SELECT
FROM {table};

-- name: largest_key()
-- In the order of the columns, not of their texts, which go by the same names here.
SELECT {texts}
FROM {table} AS filled
ORDER BY {descending}
LIMIT 1;

-- name: writers(table)
SELECT DISTINCT virtualtransaction
FROM pg_locks
WHERE locktype = 'relation'
    AND granted
    AND relation IN (
        SELECT to_regclass(quote_ident(current_schema()) || '.' || quote_ident(:table))
        UNION ALL
        SELECT relid
        FROM pg_partition_tree(to_regclass(quote_ident(current_schema()) || '.' || quote_ident(:table)))
    )
    AND mode ~ '^(RowExclusive|Share|Exclusive|AccessExclusive)'
    AND mode <> 'ShareUpdateExclusiveLock'
    AND pid IS DISTINCT FROM pg_backend_pid();

-- name: begin()
BEGIN;

-- name: limits(lock_ms, statement_ms)
-- Returns where the server's WAL is, in bytes.
SET LOCAL citus.propagate_set_commands = 'local';  -- see migrations.set_lock_timeout
SET LOCAL lock_timeout = :lock_ms;
SET LOCAL statement_timeout = :statement_ms;
SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint;

-- name: commit()
COMMIT;

-- name: rollback()
ROLLBACK;

-- name: next_keys(rows)
-- The keys of the next rows: how many, the last one, and all of them, an array for each column.
SELECT
    count(*),
    {last},
    {arrays}
FROM (
    SELECT {keys}
    FROM {table}
    WHERE {within}
    ORDER BY {keys}
    LIMIT :rows
) AS batch;

-- name: batch()
-- By their keys, whose number the planner knows: it looks each row up, whatever it knows of the table.
batch ({keys}) AS MATERIALIZED (
    SELECT *
    FROM unnest({arrays})
);

-- name: standing(table)
-- Asked at the end of a batch, whose row locks are still held: how many sessions wait for them or for the table, and
-- where the server's WAL is, in bytes.
SELECT
    (
        SELECT count(*)
        FROM pg_locks
        WHERE NOT granted
            AND (
                transactionid = pg_current_xact_id()::xid
                OR relation = to_regclass(quote_ident(current_schema()) || '.' || quote_ident(:table))
            )
    ),
    (pg_current_wal_insert_lsn() - '0/0')::bigint;

-- name: lagging_replica(seconds, bytes)
-- A slot holds WAL for whoever is to come back for it. A role without pg_monitor sees no more than the slots.
SELECT
    format(
        'replica %s is %s behind',
        coalesce(nullif(application_name, ''), client_addr::text, pid::text),
        CASE
            WHEN replay_lag > make_interval(secs => :seconds)
                THEN round(extract(epoch FROM replay_lag)) || ' s'
            ELSE pg_size_pretty(pg_current_wal_lsn() - replay_lsn)
        END
    )
FROM pg_stat_replication
WHERE replay_lag > make_interval(secs => :seconds)
    OR pg_current_wal_lsn() - replay_lsn > :bytes
UNION ALL
SELECT
    format(
        'replication slot %s is %s behind',
        slot_name,
        pg_size_pretty(pg_current_wal_lsn() - coalesce(confirmed_flush_lsn, restart_lsn))
    )
FROM pg_replication_slots
WHERE pg_current_wal_lsn() - coalesce(confirmed_flush_lsn, restart_lsn) > :bytes
LIMIT 1;

-- name: lagging_autovacuum(tables, rows, factor)
-- A table has so many times the dead rows at which autovacuum is to begin. Where it is switched off, nobody waits for it.
SELECT
    format(
        'autovacuum is behind: table %s has %s dead rows; a transaction that is open for long may be why',
        pg_class.relname,
        n_dead_tup
    )
FROM pg_stat_all_tables
JOIN pg_class ON pg_class.oid = relid
CROSS JOIN LATERAL (
    SELECT
        coalesce(
            (
                SELECT option_value::boolean
                FROM pg_options_to_table(reloptions)
                WHERE option_name = 'autovacuum_enabled'
            ),
            true
        ) AND current_setting('autovacuum')::boolean AS is_enabled,
        coalesce(
            (
                SELECT option_value::double precision
                FROM pg_options_to_table(reloptions)
                WHERE option_name = 'autovacuum_vacuum_threshold'
            ),
            current_setting('autovacuum_vacuum_threshold')::double precision
        )
        + coalesce(
            (
                SELECT option_value::double precision
                FROM pg_options_to_table(reloptions)
                WHERE option_name = 'autovacuum_vacuum_scale_factor'
            ),
            current_setting('autovacuum_vacuum_scale_factor')::double precision
        ) * greatest(reltuples, 0) AS threshold
) AS autovacuum
WHERE relid IN (
        SELECT unnest(ARRAY[named, part.relid])
        FROM unnest(:tables::text[]) AS tables (name)
        CROSS JOIN to_regclass(quote_ident(current_schema()) || '.' || quote_ident(name)) AS named
        LEFT JOIN LATERAL pg_partition_tree(named) AS part ON true
    )
    AND is_enabled
    AND n_dead_tup > greatest(:rows, :factor * threshold)
LIMIT 1;
