DROP TABLE notes;
DROP notes;
