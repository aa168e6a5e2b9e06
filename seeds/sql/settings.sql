-- For this transaction, on top of what every session of ours has. Sorts of indexes and checks of keys in bulk get the
-- memory that they are quick with, where the server's own setting is lower.
SELECT set_config('lock_timeout', %(lock_timeout)s, true)
UNION ALL
SELECT set_config(name, value, true)
FROM pg_settings
JOIN (
    VALUES
        ('maintenance_work_mem', '256MB'),
        ('work_mem', '64MB')
) AS wanted (name, value) USING (name)
WHERE setting::bigint * 1024 < pg_size_bytes(value);
