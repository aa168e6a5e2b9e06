-- The joins are planned by it; nobody else analyzes a temporary table.
ANALYZE
    talk_sessions (chat_id),
    attention (session);
