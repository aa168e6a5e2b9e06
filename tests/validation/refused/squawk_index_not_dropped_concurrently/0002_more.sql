-- depends: 0001_notes

SELECT 1;
