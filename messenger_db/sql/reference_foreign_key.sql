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
