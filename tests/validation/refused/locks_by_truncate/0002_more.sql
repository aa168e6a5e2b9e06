-- depends: 0001_notes

TRUNCATE notes, users;
