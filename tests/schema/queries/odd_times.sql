-- Times without a time zone, columns named like a time that are none, and defaults other than CURRENT_TIMESTAMP.
SELECT format('%s.%s', c.relname, a.attname)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid
LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE
    c.relnamespace = current_schema()::regnamespace
    AND c.relkind IN ('r', 'p')
    AND c.relname !~ '^_?yoyo_'
    AND a.attnum > 0
    AND NOT a.attisdropped
    AND (
        a.atttypid IN ('timestamp'::regtype, 'date'::regtype, 'time'::regtype, 'timetz'::regtype)
        OR (a.attname ~ '_(at|until)$' AND a.atttypid <> 'timestamptz'::regtype)
        OR (a.atttypid = 'timestamptz'::regtype AND pg_get_expr(d.adbin, d.adrelid) <> 'CURRENT_TIMESTAMP')
        OR (
            a.atttypid = 'timestamptz'::regtype AND a.attnotnull AND d.oid IS NULL
            -- How long a session is good is for the application to say.
            AND (c.relname, a.attname) <> ('user_sessions', 'expires_at')
        )
    )
