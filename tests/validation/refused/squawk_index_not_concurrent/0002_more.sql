-- depends: 0001_notes

CREATE INDEX notes_i ON notes (id);
