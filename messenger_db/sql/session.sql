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
