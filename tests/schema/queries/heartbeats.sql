-- One row in ten of each page changes, twice.
UPDATE users SET last_seen_at = clock_timestamp() WHERE username LIKE 'user\_%0';

UPDATE users SET last_seen_at = clock_timestamp() WHERE username LIKE 'user\_%0';

UPDATE user_sessions SET last_activity_at = clock_timestamp()
WHERE user_id IN (SELECT id FROM users WHERE username LIKE 'user\_%0');

UPDATE user_sessions SET last_activity_at = clock_timestamp()
WHERE user_id IN (SELECT id FROM users WHERE username LIKE 'user\_%0');

UPDATE message_delivery SET status = 'delivered', delivered_at = clock_timestamp()
WHERE user_id IN (SELECT id FROM users WHERE username LIKE 'user\_%0');

UPDATE message_delivery SET status = 'read', read_at = clock_timestamp()
WHERE user_id IN (SELECT id FROM users WHERE username LIKE 'user\_%0');
