-- depends: 0001_notes 0002_more

SELECT 1;
