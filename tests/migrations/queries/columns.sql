-- The columns of a table.
SELECT attname::text FROM pg_attribute WHERE attrelid = quote_ident(%s)::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
