-- depends: 0001_notes

CREATE INDEX CONCURRENTLY notes_i ON notes (id);
