-- depends: 0001_notes

ALTER TABLE notes ADD CONSTRAINT notes_c CHECK (id IS NOT NULL) NOT VALID;
