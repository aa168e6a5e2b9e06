SELECT
    current_setting('server_version'),
    pg_database_size(current_database()),
    pg_size_pretty(pg_database_size(current_database()));
