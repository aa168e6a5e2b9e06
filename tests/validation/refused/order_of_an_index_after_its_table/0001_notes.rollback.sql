DROP TABLE notes;

DROP INDEX notes_i;
