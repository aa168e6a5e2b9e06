-- depends: 0001_notes

-- squawk-ignore ban-drop-table -- not what is tried here
DROP TABLE notes, users;
