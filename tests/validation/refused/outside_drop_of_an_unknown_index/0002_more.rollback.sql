CREATE INDEX CONCURRENTLY notes_id_idx ON notes (id);
