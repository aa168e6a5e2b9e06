-- depends: 0001_notes

ALTER TABLE notes ADD COLUMN body text;
