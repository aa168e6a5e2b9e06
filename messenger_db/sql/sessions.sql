-- The settings of a session, and what it waits for.

-- name: prepare()
-- What our sessions set themselves, whatever a role, a database or postgresql.conf has set: each setting here could make
-- other rules, other rows or another answer than the files mean, without an error. What merely makes the server refuse,
-- as default_transaction_read_only does, and what a database's owner decides, as search_path, default_tablespace and
-- synchronous_commit, is left as it is. Each server has those of these settings that it knows.
SELECT set_config(name, value, false)
FROM (
    VALUES
        -- A client that dies must not leave its lock and its statement behind: the server looks twice a second whether a
        -- running statement's client is still there, and gives up a silent machine after some 10 seconds.
        ('client_connection_check_interval', '500ms'),
        ('tcp_keepalives_idle', '4'),
        ('tcp_keepalives_interval', '2'),
        ('tcp_keepalives_count', '3'),
        -- Nothing cuts a long build short, or a pause between two tries; each migration has its own lock_timeout.
        ('statement_timeout', '0'),
        ('transaction_timeout', '0'),
        ('idle_in_transaction_session_timeout', '0'),
        ('idle_session_timeout', '0'),
        ('lock_timeout', '0'),
        -- What a statement means: its strings, NULLs, arrays, dates and numbers.
        ('standard_conforming_strings', 'on'),
        ('transform_null_equals', 'off'),
        ('array_nulls', 'on'),
        ('xmloption', 'content'),
        ('DateStyle', 'ISO, MDY'),
        ('IntervalStyle', 'postgres'),
        ('TimeZone', 'UTC'),
        ('timezone_abbreviations', 'Default'),
        -- What a value is as text, in a cast, in the catalog's expressions, and to the Python that reads it.
        ('bytea_output', 'hex'),
        ('xmlbinary', 'base64'),
        ('extra_float_digits', '1'),
        ('quote_all_identifiers', 'off'),
        -- What is checked, and what is seen and said.
        ('check_function_bodies', 'on'),
        ('session_replication_role', 'origin'),
        ('default_transaction_isolation', 'read committed'),
        ('client_min_messages', 'notice')
) AS wanted (name, value)
-- Setting what is set already may need a privilege that nobody wants to give.
WHERE current_setting(name, true) <> value;

-- name: set_schema(schema)
SELECT set_config('search_path', quote_ident(:schema), false);

-- name: set_timezone(timezone)
SELECT set_config('timezone', :timezone, false);

-- name: reset_settings()
-- Takes back what SET left, in this order: a role that SET ROLE left may reset less than the one that logged in. RESET
-- ROLE goes to the role that ALTER ROLE ... SET role names, if any.
RESET SESSION AUTHORIZATION;
RESET ROLE;
RESET ALL;

-- name: drop_objects()
-- What DISCARD ALL drops, but for advisory locks: the session holds one while it migrates.
CLOSE ALL;
DEALLOCATE ALL;
UNLISTEN *;
DISCARD PLANS;
DISCARD SEQUENCES;
DISCARD TEMP;

-- name: discard_all()
DISCARD ALL;

-- name: set_role()
SET ROLE {role};

-- name: set_no_role()
SET ROLE NONE;

-- name: backend_pid()
SELECT pg_backend_pid();

-- name: standby_wait(pid)
-- A commit that has waited for seconds, not one of the many that wait for a moment.
SELECT
    'committed here; waiting for a synchronous standby to confirm it (synchronous_standby_names = '
    || quote_literal(current_setting('synchronous_standby_names'))
    || '): see pg_stat_replication, and start the standby or change that setting'
FROM pg_stat_activity
WHERE pid = :pid
    AND wait_event = 'SyncRep'
    AND clock_timestamp() - query_start > interval '2 s';
