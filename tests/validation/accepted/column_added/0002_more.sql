-- depends: 0001_notes

-- Notes get a text.
ALTER TABLE notes ADD COLUMN body text;
