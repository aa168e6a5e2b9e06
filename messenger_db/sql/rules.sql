-- The rules of a schema, as the catalog holds them, and the statements that look for rows that break one.

-- name: table()
-- With the pages to read. What no migration makes is left out, as in the comparison of catalogs. A partitioned table has
-- no rows of its own, and of its rules its partitions have all but the foreign keys.
SELECT
    relname,
    pg_relation_size(oid) / current_setting('block_size')::integer
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('r', 'p')
    AND relname !~ '^(_yoyo_|yoyo_lock$)'
    AND NOT EXISTS (
        SELECT
        FROM pg_depend
        WHERE classid = 'pg_class'::regclass
            AND objid = pg_class.oid
            AND deptype = 'e'
    )
ORDER BY relname COLLATE "C";

-- name: identity()
-- What tells the rows of a table apart: the columns of its primary key; none without one, where only ctid does.
SELECT
    relname,
    ARRAY(
        SELECT attname::text
        FROM unnest(indkey) WITH ORDINALITY AS part (attnum, place)
        JOIN pg_attribute USING (attnum)
        WHERE attrelid = indrelid
            AND place <= indnkeyatts
        ORDER BY place
    )
FROM pg_index
JOIN pg_class ON pg_class.oid = indrelid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND indisprimary;

-- name: row_rule()
-- Each rule about a single row, with a condition that is true of a row that breaks it. Not IS NULL: the planner takes a
-- column that is NOT NULL at its word and looks at no row. conenforced is PostgreSQL 18's.
WITH RECURSIVE row_column AS (
    SELECT
        pg_class.oid,
        relname,
        attnum,
        attname,
        atttypid,
        attnotnull
    FROM pg_class
    JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
        AND relkind = 'r'
        AND attnum > 0
        AND NOT attisdropped
),
-- A domain may be over another one; what is under all of them comes last.
type_of_column AS (
    SELECT
        relname,
        attname,
        atttypid AS type
    FROM row_column
    UNION ALL
    SELECT
        relname,
        attname,
        typbasetype
    FROM type_of_column
    JOIN pg_type ON pg_type.oid = type
    WHERE typtype = 'd'
),
domain_of_column AS (
    SELECT
        type_of_column.relname,
        type_of_column.attname,
        type_of_column.type AS domain,
        domain_type.typname,
        domain_type.typnotnull,
        base.type AS base
    FROM type_of_column
    JOIN pg_type AS domain_type ON domain_type.oid = type_of_column.type
        AND domain_type.typtype = 'd'
    JOIN type_of_column AS base ON base.relname = type_of_column.relname
        AND base.attname = type_of_column.attname
    JOIN pg_type AS base_type ON base_type.oid = base.type
        AND base_type.typtype <> 'd'
)
SELECT
    relname,
    'CHECK' AS kind,
    conname AS name,
    pg_get_constraintdef(pg_constraint.oid, true) AS definition,
    format('(%s) IS FALSE', pg_get_expr(conbin, conrelid)) AS is_broken
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind = 'r'
    AND contype = 'c'
UNION ALL
SELECT
    relname,
    'NOT NULL',
    attname || ' NOT NULL',
    'NOT NULL',
    format('num_nulls(%I) = 1', attname)
FROM row_column
WHERE attnotnull
UNION ALL
SELECT
    relname,
    'domain',
    format('%s %s', attname, conname),
    format('%s of the domain %s', pg_get_constraintdef(pg_constraint.oid, true), typname),
    format(
        '(SELECT (%s) IS FALSE FROM (SELECT CAST(%I AS %s)) AS of_domain (value))',
        pg_get_expr(conbin, 0), attname, format_type(base, NULL)
    )
FROM domain_of_column
JOIN pg_constraint ON contypid = domain
WHERE contype = 'c'
UNION ALL
SELECT
    relname,
    'domain',
    format('%s %s NOT NULL', attname, typname),
    format('NOT NULL of the domain %s', typname),
    format('num_nulls(%I) = 1', attname)
FROM domain_of_column
WHERE typnotnull
UNION ALL
SELECT
    relname,
    'partition bound',
    relname || ' partition bound',
    pg_get_expr(relpartbound, oid),
    format('(%s) IS FALSE', pg_get_partition_constraintdef(oid))
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind = 'r'
    AND pg_get_partition_constraintdef(oid) IS NOT NULL
ORDER BY
    relname,
    kind,
    name;

-- name: key()
-- Primary keys, unique constraints and indexes, also INVALID and partial ones, and exclusion constraints: what the rows
-- must not share. Operators are those of an exclusion constraint, or of a key WITHOUT OVERLAPS.
SELECT
    pg_table.relname,
    CASE
        WHEN indisexclusion THEN 'EXCLUDE'
        WHEN indisprimary THEN 'PRIMARY KEY'
        ELSE 'UNIQUE'
    END,
    pg_index_class.relname,
    coalesce(
        pg_get_constraintdef(pg_constraint.oid, true),
        regexp_replace(pg_get_indexdef(indexrelid, 0, true), '^CREATE (UNIQUE) INDEX .* USING \w+ ', '\1 ')
    ),
    ARRAY(
        SELECT
            format('(%s)', pg_get_indexdef(indexrelid, place, true))
            || CASE WHEN indcollation[place - 1] <> 0 THEN ' COLLATE ' || indcollation[place - 1]::regcollation ELSE '' END
        FROM generate_series(1, indnkeyatts) AS place
        ORDER BY place
    ),
    ARRAY(
        SELECT format('OPERATOR(%I.%s)', nspname, oprname)
        FROM unnest(conexclop) WITH ORDINALITY AS part (operator, place)
        JOIN pg_operator ON pg_operator.oid = operator
        JOIN pg_namespace ON pg_namespace.oid = oprnamespace
        ORDER BY place
    ),
    coalesce(pg_get_expr(indpred, indrelid), 'true'),
    indnullsnotdistinct
FROM pg_index
JOIN pg_class AS pg_index_class ON pg_index_class.oid = indexrelid
JOIN pg_class AS pg_table ON pg_table.oid = indrelid
LEFT JOIN pg_constraint ON conindid = indexrelid
    AND conrelid = indrelid
    AND contype IN ('p', 'u', 'x')
WHERE pg_table.relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND pg_table.relkind = 'r'
    AND (indisunique OR indisexclusion)
ORDER BY
    pg_table.relname,
    pg_index_class.relname;

-- name: foreign_key()
-- Those of a partition only where they are its own. A partitioned table is read with its partitions, another one without
-- its children. The columns that may be NULL come apart: a row with NULL in one refers to nothing, and is not looked up.
SELECT
    pg_class.relname,
    'FOREIGN KEY',
    conname,
    pg_get_constraintdef(pg_constraint.oid, true),
    CASE WHEN pg_class.relkind = 'p' THEN '' ELSE 'ONLY ' END || conrelid::regclass,
    CASE WHEN target.relkind = 'p' THEN '' ELSE 'ONLY ' END || confrelid::regclass,
    ARRAY(
        SELECT attname::text
        FROM unnest(conkey) WITH ORDINALITY AS part (attnum, place)
        JOIN pg_attribute USING (attnum)
        WHERE attrelid = conrelid
        ORDER BY place
    ),
    ARRAY(
        SELECT attname::text
        FROM unnest(confkey) WITH ORDINALITY AS part (attnum, place)
        JOIN pg_attribute USING (attnum)
        WHERE attrelid = confrelid
        ORDER BY place
    ),
    ARRAY(
        SELECT format('OPERATOR(%I.%s)', nspname, oprname)
        FROM unnest(conpfeqop) WITH ORDINALITY AS part (operator, place)
        JOIN pg_operator ON pg_operator.oid = operator
        JOIN pg_namespace ON pg_namespace.oid = oprnamespace
        ORDER BY place
    ),
    ARRAY(
        SELECT attname::text
        FROM pg_attribute
        WHERE attrelid = conrelid
            AND attnum = ANY (conkey)
            AND NOT attnotnull
    ),
    confmatchtype = 'f',
    coalesce((to_jsonb(pg_constraint) ->> 'conperiod')::boolean, false)
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
JOIN pg_class AS target ON target.oid = confrelid
WHERE connamespace = to_regnamespace(quote_ident(current_schema()))
    AND contype = 'f'
    AND conparentid = 0
ORDER BY
    pg_class.relname,
    conname;

-- name: b_tree()
-- The indexes that amcheck can look at, where it is installed, and where that is.
SELECT
    pg_table.relname,
    pg_index_class.relname,
    nspname
FROM pg_extension
JOIN pg_namespace ON pg_namespace.oid = extnamespace
CROSS JOIN pg_index
JOIN pg_class AS pg_index_class ON pg_index_class.oid = indexrelid
JOIN pg_class AS pg_table ON pg_table.oid = indrelid
JOIN pg_am ON pg_am.oid = pg_index_class.relam
WHERE extname = 'amcheck'
    AND amname = 'btree'
    AND pg_table.relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND pg_table.relkind = 'r'
    AND indisvalid
    AND indisready
ORDER BY
    pg_table.relname,
    pg_index_class.relname;

-- name: set_up()
-- The rows as the tables have them, and all of them: no index is believed, which may be what is wrong; no constraint is,
-- which is what is asked; no policy hides rows without an error. Sorts and hashes get memory.
SELECT set_config(name, value, false)
FROM (
    VALUES
        ('constraint_exclusion', 'off'),
        ('enable_bitmapscan', 'off'),
        ('enable_indexonlyscan', 'off'),
        ('enable_indexscan', 'off'),
        ('row_security', 'off'),
        ('search_path', quote_ident(current_schema())),
        ('work_mem', '64MB')
) AS wanted (name, value);

-- name: use_indexes()
-- For this transaction. Without an index, each row would be compared with each other one.
SET LOCAL enable_indexscan = on;
SET LOCAL enable_bitmapscan = on;

-- name: first_broken()
-- How many rows there are, and the first of them.
SELECT
    count(*) OVER () AS broken_rows,
    broken.*
FROM (
    {broken}
) AS broken
ORDER BY broken
LIMIT 5;

-- name: count_broken()
SELECT
    {counts}
FROM ONLY {table};

-- name: explain_broken()
-- Asks the privileges of a rule, and reads nothing.
EXPLAIN SELECT {is_broken} FROM ONLY {table};

-- name: broken_rows()
SELECT {identity}
FROM ONLY {table}
WHERE {is_broken}

-- name: has_shared_keys()
-- May be true where no key is shared: the planner leaves out of GROUP BY what another key determines, true or not. Sorted,
-- as the planner takes there to be few keys, and a hash of them all is written out and read in again and again.
SET LOCAL enable_hashagg = off;
SELECT EXISTS (
    SELECT
    FROM ONLY {table}
    WHERE ({predicate})
        AND {is_present}
    GROUP BY {parts}
    HAVING count(*) > 1
);

-- name: shared_keys()
SELECT {identity}
FROM (
    SELECT
        {identity},
        count(*) OVER (PARTITION BY {parts}) AS "rows that share the key",
        {is_whole} AS "is whole"
    FROM ONLY {table}
    WHERE ({predicate})
) AS keyed
WHERE "rows that share the key" > 1
    AND "is whole"

-- name: conflicting_keys()
SELECT {identity}
FROM (
    SELECT
        {identity},
        ctid AS place,
        {parts}
    FROM ONLY {table}
    WHERE ({predicate})
) AS one
WHERE EXISTS (
    SELECT
    FROM (
        SELECT
            ctid AS place,
            {parts}
        FROM ONLY {table}
        WHERE ({predicate})
    ) AS other
    WHERE one.place <> other.place
        AND {is_conflict}
)

-- name: orphans()
-- OFFSET 0 hides the rows from the planner's knowledge of their keys and columns: it would look for a partner for one of
-- two rows that share a key, and never ask whether a column that is NOT NULL is NULL.
SELECT {identity}
FROM (
    SELECT
        {identity},
        num_nulls({columns}) AS "missing parts"
    FROM (
        SELECT {read}
        FROM {source}
        WHERE {is_present}
        OFFSET 0
    ) AS child
    WHERE NOT EXISTS (
        SELECT
        FROM {target} AS parent
        WHERE {is_referred}
        {having}
    )
    OFFSET 0
) AS orphan
WHERE {is_whole}

-- name: check_b_tree(index)
-- That its entries are in order, and that each row has one.
SELECT {schema}.bt_index_check(quote_ident(:index)::regclass, true);
