-- The pretty form leaves out the schema of a table that the search_path finds, so that a scratch copy compares.
SELECT
    indisvalid,
    indrelid::regclass::text,
    pg_get_indexdef(indexrelid, 0, true)
FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE relname = %(name)s
    AND relnamespace = CASE
        WHEN %(is_scratch)s THEN pg_my_temp_schema()
        ELSE to_regnamespace(quote_ident(current_schema()))
    END;
