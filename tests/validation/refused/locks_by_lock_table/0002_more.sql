-- depends: 0001_notes

LOCK TABLE notes, users IN SHARE MODE;
