-- What a schema holds: the relation that an object is part of, its name, and its facts.

-- name: narrow_search_path()
-- Definitions name the schema of what the search_path does not find: so the objects of this one alone go by bare names.
SELECT set_config('search_path', coalesce(quote_ident(current_schema()), ''), true);

-- name: relations()
-- Their oids. pg_depend has an index by the schema, and the catalogs of their parts have indexes by the relation: without
-- them, each query would read all of the catalog, which is large where there are many tenants. What depends on the schema
-- is the relation, but of a composite type the type.
SELECT coalesce(array_agg(coalesce(typrelid, objid)::bigint), '{}')
FROM pg_depend
LEFT JOIN pg_type ON (classid, pg_type.oid) = ('pg_type'::regclass, objid)
WHERE refclassid = 'pg_namespace'::regclass
    AND refobjid = to_regnamespace(quote_ident(current_schema()))
    AND classid IN ('pg_class'::regclass, 'pg_type'::regclass);

-- name: relation(relations)
-- What no migration makes is left out: yoyo's tables and ours next to them, what belongs to an extension, and the
-- sequence of an identity column. That a composite type belongs to an extension is recorded of the type, in pg_type.
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
WHERE oid = ANY (:relations::oid[])
    AND relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c')
    AND relname !~ '^(_yoyo_|yoyo_lock$)'
    AND NOT EXISTS (
        SELECT
        FROM pg_depend
        WHERE (classid, objid) IN (('pg_class'::regclass, pg_class.oid), ('pg_type'::regclass, reltype))
            AND (deptype = 'e' OR (deptype = 'i' AND relkind = 'S'))
    );

-- name: column(relations)
SELECT
    relname,
    relname || '.' || attname,
    format_type(atttypid, atttypmod)
    || CASE WHEN attcollation <> typcollation THEN ' COLLATE ' || attcollation::regcollation ELSE '' END AS type,
    CASE WHEN attnotnull THEN 'yes' ELSE 'no' END AS "NOT NULL",
    CASE WHEN attgenerated = '' THEN pg_get_expr(adbin, adrelid, true) END AS "default",
    CASE WHEN attgenerated <> '' THEN pg_get_expr(adbin, adrelid, true) END
    || CASE attgenerated WHEN 's' THEN ' STORED' ELSE ' VIRTUAL' END AS generated,
    CASE attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
    quote_literal(col_description(attrelid, attnum)) AS comment
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = ANY (:relations::oid[])
    AND relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
    AND attnum > 0
    AND NOT attisdropped;

-- name: constraint(relations)
-- NOT NULL has rows here from PostgreSQL 18 on, but is a column's everywhere; a constraint trigger is among the triggers.
-- The triggers that enforce a foreign key can be disabled, which the definition does not say.
SELECT
    relname,
    relname || '.' || conname,
    pg_get_constraintdef(pg_constraint.oid, true) AS "constraint",
    pg_get_indexdef(pg_index.indexrelid, 0, true) AS index,
    CASE indisvalid WHEN true THEN 'VALID' WHEN false THEN 'INVALID' END AS "index state",
    CASE
        WHEN EXISTS (
            SELECT
            FROM pg_trigger
            WHERE tgconstraint = pg_constraint.oid
                AND tgenabled <> 'O'
        ) THEN 'disabled'
        ELSE 'enabled'
    END AS state,
    quote_literal(obj_description(pg_constraint.oid, 'pg_constraint')) AS comment
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
LEFT JOIN pg_index ON pg_index.indexrelid = conindid AND contype IN ('p', 'u', 'x')
WHERE conrelid = ANY (:relations::oid[])
    AND contype NOT IN ('n', 't');

-- name: index(relations)
-- The index behind a constraint is that constraint's.
SELECT
    pg_table.relname,
    pg_table.relname || '.' || pg_class.relname,
    pg_get_indexdef(indexrelid, 0, true) AS index,
    CASE WHEN indisvalid THEN 'VALID' ELSE 'INVALID' END AS state,
    quote_literal(obj_description(indexrelid, 'pg_class')) AS comment
FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
JOIN pg_class AS pg_table ON pg_table.oid = indrelid
WHERE indrelid = ANY (:relations::oid[])
    AND NOT EXISTS (
        SELECT
        FROM pg_constraint
        WHERE conrelid = indrelid
            AND conindid = indexrelid
            AND contype IN ('p', 'u', 'x')
    );

-- name: trigger(relations)
SELECT
    relname,
    relname || '.' || tgname,
    pg_get_triggerdef(pg_trigger.oid, true) AS trigger,
    CASE tgenabled
        WHEN 'O' THEN 'enabled'
        WHEN 'D' THEN 'disabled'
        WHEN 'R' THEN 'enabled on replicas'
        WHEN 'A' THEN 'enabled always'
    END AS state,
    quote_literal(obj_description(pg_trigger.oid, 'pg_trigger')) AS comment
FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgrelid = ANY (:relations::oid[])
    AND NOT tgisinternal;

-- name: policy(relations)
SELECT
    relname,
    relname || '.' || polname,
    concat_ws(
        ' ',
        CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
        CASE polcmd
            WHEN 'r' THEN 'FOR SELECT'
            WHEN 'a' THEN 'FOR INSERT'
            WHEN 'w' THEN 'FOR UPDATE'
            WHEN 'd' THEN 'FOR DELETE'
            ELSE 'FOR ALL'
        END,
        'TO ' || (
            SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ' ORDER BY role)
            FROM unnest(polroles) AS role
        ),
        'USING (' || pg_get_expr(polqual, polrelid, true) || ')',
        'WITH CHECK (' || pg_get_expr(polwithcheck, polrelid, true) || ')'
    ) AS policy,
    quote_literal(obj_description(pg_policy.oid, 'pg_policy')) AS comment
FROM pg_policy
JOIN pg_class ON pg_class.oid = polrelid
WHERE polrelid = ANY (:relations::oid[]);

-- name: rule(relations)
-- The rule that makes a view one is the view's.
SELECT
    relname,
    relname || '.' || rulename,
    pg_get_ruledef(pg_rewrite.oid, true) AS rule,
    quote_literal(obj_description(pg_rewrite.oid, 'pg_rewrite')) AS comment
FROM pg_rewrite
JOIN pg_class ON pg_class.oid = ev_class
WHERE ev_class = ANY (:relations::oid[])
    AND rulename <> '_RETURN';

-- name: function()
SELECT
    NULL,
    format('%s(%s)', proname, pg_get_function_identity_arguments(pg_proc.oid)),
    CASE prokind
        WHEN 'p' THEN 'procedure'
        WHEN 'a' THEN 'aggregate of '
        WHEN 'w' THEN 'window function of '
        ELSE 'function of '
    END
    || coalesce(pg_get_function_result(pg_proc.oid), '') AS function,
    pg_get_function_arguments(pg_proc.oid) AS arguments,
    lanname AS language,
    CASE provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END AS volatility,
    CASE proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' ELSE 'UNSAFE' END AS parallel,
    CASE WHEN proisstrict THEN 'STRICT' ELSE 'CALLED ON NULL INPUT' END AS "null input",
    CASE WHEN prosecdef THEN 'DEFINER' ELSE 'INVOKER' END AS security,
    array_to_string(proconfig, ', ') AS settings,
    coalesce(pg_get_function_sqlbody(pg_proc.oid), prosrc) AS body,
    quote_literal(obj_description(pg_proc.oid, 'pg_proc')) AS comment
FROM pg_proc
JOIN pg_language ON pg_language.oid = prolang
WHERE pronamespace = to_regnamespace(quote_ident(current_schema()))
    AND NOT EXISTS (
        SELECT
        FROM pg_depend
        WHERE classid = 'pg_proc'::regclass
            AND objid = pg_proc.oid
            AND deptype = 'e'
    );

-- name: type()
-- Composite types are among the relations; array types and multiranges come with what they are of.
SELECT
    NULL,
    typname,
    CASE typtype
        WHEN 'e' THEN (
            SELECT 'ENUM (' || string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) || ')'
            FROM pg_enum
            WHERE enumtypid = pg_type.oid
        )
        WHEN 'r' THEN (
            SELECT 'RANGE OF ' || format_type(rngsubtype, NULL)
            FROM pg_range
            WHERE rngtypid = pg_type.oid
        )
        ELSE concat_ws(
            ' ',
            'DOMAIN OF ' || format_type(typbasetype, typtypmod),
            CASE WHEN typnotnull THEN 'NOT NULL' END,
            'DEFAULT ' || typdefault,
            (
                SELECT string_agg(pg_get_constraintdef(pg_constraint.oid, true), ' ' ORDER BY conname)
                FROM pg_constraint
                WHERE contypid = pg_type.oid
                    AND contype = 'c'
            )
        )
    END AS type,
    quote_literal(obj_description(pg_type.oid, 'pg_type')) AS comment
FROM pg_type
WHERE typnamespace = to_regnamespace(quote_ident(current_schema()))
    AND typtype IN ('e', 'r', 'd')
    AND NOT EXISTS (
        SELECT
        FROM pg_depend
        WHERE classid = 'pg_type'::regclass
            AND objid = pg_type.oid
            AND deptype = 'e'
    );

-- name: create_scratch_schema()
CREATE SCHEMA {schema};
SET LOCAL search_path = {schema};

-- name: sizes(tables)
-- A partitioned table is as large as its partitions. The rows are what statistics say, without reading the table.
SELECT
    relname,
    sum(CASE WHEN counted.reltuples < 0 THEN pg_stat_get_live_tuples(counted.oid) ELSE counted.reltuples END)::bigint,
    sum(pg_total_relation_size(counted.oid))::bigint,
    pg_size_pretty(sum(pg_total_relation_size(counted.oid)))
FROM pg_class AS named
CROSS JOIN LATERAL (
    SELECT
        pg_class.oid,
        pg_class.reltuples
    FROM pg_class
    WHERE pg_class.relkind <> 'p'
        AND (pg_class.oid = named.oid OR pg_class.oid IN (SELECT relid FROM pg_partition_tree(named.oid)))
) AS counted
WHERE named.relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND named.relname = ANY(:tables)
GROUP BY relname;
