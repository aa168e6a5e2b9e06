-- What the schema reference says, read from the catalog.

-- name: table()
-- In the order in which migrations make them. Settings are those of its storage, such as fillfactor.
SELECT
    relname,
    coalesce(obj_description(oid, 'pg_class'), ''),
    array_to_string(reloptions, ', ')
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
    CASE contype WHEN 'p' THEN 'primary key' ELSE 'unique' END,
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
    AND contype IN ('p', 'u')
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

-- name: function()
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
