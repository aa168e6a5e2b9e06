-- A client that dies must not leave its lock and its statement behind: the server looks twice a second whether a running
-- statement's client is still there, and gives up a silent machine after some 10 seconds.
-- No timeout of the role's or the database's own may cut a long build short, or a pause between two tries; lock_timeout
-- is set for each migration. Each server has those of these settings that it knows.
SELECT set_config(name, value, false)
FROM pg_settings
JOIN (
    VALUES
        ('client_connection_check_interval', '500ms'),
        ('tcp_keepalives_idle', '4'),
        ('tcp_keepalives_interval', '2'),
        ('tcp_keepalives_count', '3'),
        ('statement_timeout', '0'),
        ('transaction_timeout', '0'),
        ('idle_in_transaction_session_timeout', '0'),
        ('idle_session_timeout', '0'),
        ('lock_timeout', '0')
) AS wanted (name, value) USING (name);
