-- A client that dies must not leave its lock and its statement behind: the server looks twice a second whether a running
-- statement's client is still there, and gives up a silent machine after some 10 seconds.
-- No timeout of the role's or the database's own may cut a long build short; lock_timeout is set for each migration.
SELECT
    set_config('client_connection_check_interval', '500ms', false),
    set_config('tcp_keepalives_idle', '4', false),
    set_config('tcp_keepalives_interval', '2', false),
    set_config('tcp_keepalives_count', '3', false),
    set_config('statement_timeout', '0', false),
    set_config('idle_in_transaction_session_timeout', '0', false),
    set_config('lock_timeout', '0', false);
