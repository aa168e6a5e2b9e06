ALTER TABLE notes DROP CONSTRAINT notes_fk_chats, DROP CONSTRAINT notes_fk;
