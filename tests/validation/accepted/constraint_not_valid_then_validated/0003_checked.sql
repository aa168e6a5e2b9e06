-- depends: 0002_more

ALTER TABLE notes VALIDATE CONSTRAINT notes_c;
