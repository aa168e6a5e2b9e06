-- What the schema reference says, read from the catalog.

-- name: table()
-- In the order in which migrations make them. Settings are those of its storage, such as fillfactor.
SELECT
    relname,
    coalesce(obj_description(oid, 'pg_class'), ''),
    array_to_string(reloptions, ', '),
    concat_ws(
        ' ',
        'PARTITION OF ' || (
            SELECT inhparent::regclass::text
            FROM pg_inherits
            WHERE inhrelid = pg_class.oid AND relispartition
        ),
        pg_get_expr(relpartbound, oid, true),
        'PARTITION BY ' || CASE WHEN relkind = 'p' THEN pg_get_partkeydef(oid) END
    )
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('r', 'p')
    AND relname !~ '^(_yoyo_|yoyo_lock$)'
ORDER BY oid;

-- name: column()
SELECT
    relname,
    attname,
    replace(
        replace(format_type(atttypid, atttypmod), 'character varying', 'varchar'),
        'timestamp with time zone',
        'timestamptz'
    ),
    CASE WHEN attcollation <> typcollation THEN collname END,
    NOT attnotnull,
    pg_get_expr(adbin, adrelid, true),
    CASE WHEN attidentity <> '' THEN 'identity' WHEN attgenerated <> '' THEN 'computed' ELSE '' END,
    coalesce(col_description(attrelid, attnum), '')
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_collation ON pg_collation.oid = attcollation
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('r', 'p')
    AND attnum > 0
    AND NOT attisdropped
ORDER BY attrelid, attnum;

-- name: key()
-- The primary key first.
SELECT
    relname,
    conname,
    CASE contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' ELSE 'exclusion' END,
    ARRAY(
        SELECT attname::text
        FROM unnest(conkey) WITH ORDINALITY AS part (attnum, place)
        JOIN pg_attribute USING (attnum)
        WHERE attrelid = conrelid
        ORDER BY place
    ),
    coalesce(obj_description(pg_constraint.oid, 'pg_constraint'), '')
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
WHERE connamespace = to_regnamespace(quote_ident(current_schema()))
    AND contype IN ('p', 'u', 'x')
ORDER BY conrelid, contype, conkey;

-- name: foreign_key()
-- A delete of SET NULL may name the columns that it sets.
SELECT
    pg_class.relname,
    conname,
    ARRAY(
        SELECT attname::text
        FROM unnest(conkey) WITH ORDINALITY AS part (attnum, place)
        JOIN pg_attribute USING (attnum)
        WHERE attrelid = conrelid
        ORDER BY place
    ),
    target.relname,
    ARRAY(
        SELECT attname::text
        FROM unnest(confkey) WITH ORDINALITY AS part (attnum, place)
        JOIN pg_attribute USING (attnum)
        WHERE attrelid = confrelid
        ORDER BY place
    ),
    CASE confdeltype
        WHEN 'a' THEN 'NO ACTION'
        WHEN 'r' THEN 'RESTRICT'
        WHEN 'c' THEN 'CASCADE'
        WHEN 'n' THEN 'SET NULL'
        WHEN 'd' THEN 'SET DEFAULT'
    END
    || coalesce(
        ' ('
        || (
            SELECT string_agg(attname, ', ' ORDER BY attnum)
            FROM pg_attribute
            WHERE attrelid = conrelid AND attnum = ANY (confdelsetcols)
        )
        || ')',
        ''
    ),
    CASE WHEN condeferred THEN 'DEFERRABLE INITIALLY DEFERRED' WHEN condeferrable THEN 'DEFERRABLE' END,
    coalesce(obj_description(pg_constraint.oid, 'pg_constraint'), '')
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
JOIN pg_class AS target ON target.oid = confrelid
WHERE connamespace = to_regnamespace(quote_ident(current_schema()))
    AND contype = 'f'
ORDER BY conrelid, conkey, conname;

-- name: rule()
-- The checks, by the columns they are about.
SELECT
    relname,
    conname,
    pg_get_expr(conbin, conrelid, true),
    coalesce(obj_description(pg_constraint.oid, 'pg_constraint'), '')
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
WHERE connamespace = to_regnamespace(quote_ident(current_schema()))
    AND contype = 'c'
ORDER BY conrelid, conkey, conname;

-- name: index()
-- What a constraint has behind it is that constraint's.
SELECT
    pg_table.relname,
    pg_class.relname,
    indisunique,
    pg_get_indexdef(indexrelid, 0, true),
    coalesce(obj_description(indexrelid, 'pg_class'), '')
FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
JOIN pg_class AS pg_table ON pg_table.oid = indrelid
WHERE pg_class.relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND NOT EXISTS (
        SELECT
        FROM pg_constraint
        WHERE conindid = indexrelid
            AND contype IN ('p', 'u', 'x')
    )
ORDER BY indrelid, pg_class.relname;

-- name: trigger()
SELECT
    relname,
    tgname,
    pg_get_triggerdef(pg_trigger.oid, true),
    coalesce(obj_description(pg_trigger.oid, 'pg_trigger'), '')
FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND NOT tgisinternal
ORDER BY tgrelid, tgname;

-- name: policy()
SELECT
    relname,
    polname,
    concat_ws(
        ' ',
        CASE polcmd
            WHEN 'r' THEN 'SELECT'
            WHEN 'a' THEN 'INSERT'
            WHEN 'w' THEN 'UPDATE'
            WHEN 'd' THEN 'DELETE'
            ELSE 'ALL'
        END,
        CASE WHEN NOT polpermissive THEN 'RESTRICTIVE' END,
        'USING (' || pg_get_expr(polqual, polrelid, true) || ')',
        'WITH CHECK (' || pg_get_expr(polwithcheck, polrelid, true) || ')'
    ),
    coalesce(obj_description(pg_policy.oid, 'pg_policy'), '')
FROM pg_policy
JOIN pg_class ON pg_class.oid = polrelid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
ORDER BY polrelid, polname;

-- name: view()
SELECT
    relname,
    CASE relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END,
    pg_get_viewdef(oid, true),
    coalesce(obj_description(oid, 'pg_class'), '')
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('v', 'm')
ORDER BY oid;

-- name: type()
-- Array types and multiranges come with what they are of, and a composite type with a table is that table's.
SELECT
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
        WHEN 'd' THEN concat_ws(
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
        ELSE (
            SELECT 'ROW (' || string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) || ')'
            FROM pg_attribute
            WHERE attrelid = typrelid
                AND NOT attisdropped
        )
    END,
    coalesce(obj_description(pg_type.oid, 'pg_type'), '')
FROM pg_type
LEFT JOIN pg_class ON pg_class.oid = typrelid
WHERE typnamespace = to_regnamespace(quote_ident(current_schema()))
    AND (typtype IN ('e', 'r', 'd') OR relkind = 'c')
ORDER BY pg_type.oid;

-- name: function()
-- A procedure returns nothing.
SELECT
    format('%s(%s)', proname, pg_get_function_arguments(pg_proc.oid)),
    pg_get_function_result(pg_proc.oid),
    format(
        '%s, %s%s',
        lanname,
        CASE provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END,
        CASE proparallel WHEN 's' THEN ', PARALLEL SAFE' WHEN 'r' THEN ', PARALLEL RESTRICTED' ELSE '' END
    ),
    coalesce(obj_description(pg_proc.oid, 'pg_proc'), '')
FROM pg_proc
JOIN pg_language ON pg_language.oid = prolang
WHERE pronamespace = to_regnamespace(quote_ident(current_schema()))
ORDER BY proname, pg_proc.oid;
