-- depends: 0001_note

SELECT 1;
