-- In a table that only we write to, and only at its end, rows lie in the order of their coming.
SELECT coalesce(max(ctid), %(last)s)
FROM messages
WHERE ctid > %(last)s;
