-- depends: 0001_notes
-- transactional: false

CREATE INDEX CONCURRENTLY notes_i ON notes (id);

CREATE INDEX CONCURRENTLY notes_j ON notes (id);
