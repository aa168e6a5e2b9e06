-- Indexes that hold a column that changes all the time, or ask for it in their predicate. (delivered_at changes once.)
SELECT DISTINCT i.indexrelid::regclass::text
FROM (
    VALUES
    ('users', 'last_seen_at'),
    ('users', 'updated_at'),
    ('user_sessions', 'last_activity_at'),
    ('message_delivery', 'status'),
    ('message_delivery', 'read_at')
) AS changing (relname, attname)
JOIN pg_attribute AS a ON a.attrelid = changing.relname::regclass AND a.attname = changing.attname
JOIN pg_index AS i ON i.indrelid = a.attrelid
JOIN pg_depend AS d
    ON d.classid = 'pg_class'::regclass
    AND d.objid = i.indexrelid
    AND d.refclassid = 'pg_class'::regclass
    AND d.refobjid = a.attrelid
    AND d.refobjsubid = a.attnum
