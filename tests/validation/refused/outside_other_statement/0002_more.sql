-- depends: 0001_notes
-- transactional: false

ALTER TABLE notes ADD COLUMN body text;
