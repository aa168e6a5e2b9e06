-- A conversation holds the messages of its chat from its start to the start of the chat's next one.
CREATE TEMPORARY TABLE talk_sessions (
    chat_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    session integer NOT NULL
) ON COMMIT DROP;

-- Who was in the chat during a conversation; who is away for good has no read_from, and glances at nothing.
CREATE TEMPORARY TABLE attention (
    session integer NOT NULL,
    user_id uuid NOT NULL,
    delivered_from timestamptz,
    read_from timestamptz,
    glance_ms integer NOT NULL CHECK (read_from IS NULL OR glance_ms > 0),
    glance interval GENERATED ALWAYS AS (glance_ms * interval '1 millisecond') STORED
) ON COMMIT DROP;
