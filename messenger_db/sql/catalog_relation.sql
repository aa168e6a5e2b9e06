-- What no migration makes is left out: yoyo's tables and ours beside them, what an extension brings, and the sequence
-- behind an identity column.
SELECT
    relname,
    relname,
    CASE relpersistence WHEN 'u' THEN 'unlogged ' ELSE '' END
    || CASE relkind
        WHEN 'r' THEN 'table'
        WHEN 'p' THEN 'partitioned table'
        WHEN 'f' THEN 'foreign table'
        WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view'
        WHEN 'S' THEN 'sequence'
        WHEN 'c' THEN 'composite type'
    END AS relation,
    (
        SELECT string_agg(option, ', ' ORDER BY option)
        FROM unnest(reloptions) AS option
    ) AS settings,
    CASE WHEN relkind = 'p' THEN pg_get_partkeydef(pg_class.oid) END AS "partition key",
    pg_get_expr(relpartbound, pg_class.oid, true) AS "partition bound",
    (
        SELECT string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno)
        FROM pg_inherits
        WHERE inhrelid = pg_class.oid
    ) AS parents,
    CASE
        WHEN relforcerowsecurity THEN 'forced'
        WHEN relrowsecurity THEN 'enabled'
        ELSE 'disabled'
    END AS "row security",
    CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(pg_class.oid, true) END AS query,
    (
        SELECT
            format(
                '%s from %s by %s, %s to %s, cache %s%s',
                format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax, seqcache,
                CASE WHEN seqcycle THEN ', cycle' ELSE '' END
            )
        FROM pg_sequence
        WHERE seqrelid = pg_class.oid
    ) AS numbers,
    quote_literal(obj_description(pg_class.oid, 'pg_class')) AS comment
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c')
    AND relname !~ '^(_yoyo_|yoyo_lock$)'
    AND NOT EXISTS (
        SELECT
        FROM pg_depend
        WHERE classid = 'pg_class'::regclass
            AND objid = pg_class.oid
            AND (deptype = 'e' OR (deptype = 'i' AND relkind = 'S'))
    );
