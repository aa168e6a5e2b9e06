INSERT INTO users (
    id,
    username,
    display_name,
    password_hash
) VALUES (
    %(id)s,
    %(username)s,
    %(display_name)s,
    %(password_hash)s
)
RETURNING created_at;
