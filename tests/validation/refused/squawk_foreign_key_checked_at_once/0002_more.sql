-- depends: 0001_notes

ALTER TABLE notes ADD CONSTRAINT notes_fk FOREIGN KEY (id) REFERENCES users (id);
