-- depends: 0001_notes

-- squawk-ignore ban-everything -- nobody reads it
SELECT 1;
