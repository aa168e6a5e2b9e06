-- All usernames, as they are unique: without regard to case.
SELECT lower(username)
FROM users;
