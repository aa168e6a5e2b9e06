-- depends: 0001_notes
/* depends: 0001_notes */
SELECT 1;
