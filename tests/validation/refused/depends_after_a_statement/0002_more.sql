-- depends: 0001_notes

SELECT 1;

-- depends: 0001_notes
SELECT 2;
