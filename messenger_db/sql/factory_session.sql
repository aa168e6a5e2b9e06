INSERT INTO user_sessions (
    id,
    user_id,
    token_hash,
    device_type,
    expires_at
) VALUES (
    %(id)s,
    %(user_id)s,
    %(token_hash)s,
    'web',
    CURRENT_TIMESTAMP + INTERVAL '30 days'
)
RETURNING
    created_at,
    expires_at;
