-- Whether there is a user of that id.
SELECT EXISTS (
    SELECT FROM users
    WHERE id = %(id)s
);
