-- Indexes that are built and dropped CONCURRENTLY.

-- name: state(name, is_scratch)
-- The pretty form leaves out the schema of a table that the search_path finds, so that a scratch copy compares.
SELECT
    indisvalid,
    indrelid::regclass::text,
    pg_get_indexdef(indexrelid, 0, true)
FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE relname = :name
    AND relnamespace = CASE
        WHEN :is_scratch THEN pg_my_temp_schema()
        ELSE to_regnamespace(quote_ident(current_schema()))
    END;

-- name: copy_table()
CREATE TEMPORARY TABLE {table} (LIKE {table}) ON COMMIT DROP;

-- name: drop()
DROP INDEX CONCURRENTLY {name};

-- name: progress(pid)
SELECT phase || CASE
    WHEN starts_with(phase, 'waiting') THEN ' ' || lockers_done || ' of ' || lockers_total || ' sessions'
    WHEN blocks_total > 0 THEN ' ' || 100 * blocks_done / blocks_total || ' percent'
    WHEN tuples_total > 0 THEN ' ' || 100 * tuples_done / tuples_total || ' percent'
    ELSE ''
END
FROM pg_stat_progress_create_index
WHERE pid = :pid;
