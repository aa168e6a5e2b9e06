-- depends: 0001_notes

ALTER TABLE notes
    ADD CONSTRAINT notes_fk FOREIGN KEY (id) REFERENCES users (id) NOT VALID,
    ADD CONSTRAINT notes_fk_chats FOREIGN KEY (id) REFERENCES chats (id) NOT VALID;
