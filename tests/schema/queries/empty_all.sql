-- Delete the rows of all tables but yoyo's.
DO $$
BEGIN
    EXECUTE (
        SELECT format('TRUNCATE %s', string_agg(oid::regclass::text, ', '))
        FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND relname !~ '^_?yoyo_'
    );
END
$$;
