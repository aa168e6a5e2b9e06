-- For this transaction. A client that dies must not leave its locks behind: the server looks twice a second whether it is
-- still there. Sorts of indexes and checks of keys in bulk get the memory that they are quick with, where the server's
-- own setting is lower. Each server has those of these settings that it knows.
SELECT set_config(name, value, true)
FROM pg_settings
JOIN (
    VALUES
        ('client_connection_check_interval', '500ms'),
        ('statement_timeout', '0'),
        ('transaction_timeout', '0'),
        ('idle_in_transaction_session_timeout', '0'),
        ('lock_timeout', %(lock_timeout)s)
) AS wanted (name, value) USING (name)
UNION ALL
SELECT set_config(name, value, true)
FROM pg_settings
JOIN (
    VALUES
        ('maintenance_work_mem', '256MB'),
        ('work_mem', '64MB')
) AS wanted (name, value) USING (name)
WHERE setting::bigint * 1024 < pg_size_bytes(value);
