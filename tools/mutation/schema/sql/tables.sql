-- Storage parameters of tables, as fillfactor: taken away.
SELECT
    'storage', t.relname::text, t.relname::text, format('without %s', option.option_name), '',
    format('ALTER TABLE %I RESET (%I)', t.relname, option.option_name), ''
FROM pg_class AS t CROSS JOIN pg_options_to_table(t.reloptions) AS option
WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') AND t.relname !~ '^_?yoyo_'
