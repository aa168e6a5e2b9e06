-- depends: 0001_notes

ALTER TABLE notes ALTER COLUMN id TYPE text;
