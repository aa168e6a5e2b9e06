-- depends: 0001_notes

DROP TABLE notes;
