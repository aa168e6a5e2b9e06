ALTER INDEX cards_pkey RENAME TO notes_pkey;

ALTER TABLE cards RENAME TO notes;

ALTER TABLE notes RENAME COLUMN key TO id;
