-- depends: 0001_notes

ALTER TABLE notes ADD COLUMN user_id uuid, ADD CONSTRAINT notes_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
