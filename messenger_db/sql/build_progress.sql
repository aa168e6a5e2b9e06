SELECT phase || CASE
    WHEN starts_with(phase, 'waiting') THEN ' ' || lockers_done || ' of ' || lockers_total || ' sessions'
    WHEN blocks_total > 0 THEN ' ' || 100 * blocks_done / blocks_total || ' percent'
    WHEN tuples_total > 0 THEN ' ' || 100 * tuples_done / tuples_total || ' percent'
    ELSE ''
END
FROM pg_stat_progress_create_index
WHERE pid = %(pid)s;
