-- depends: 0001_notes
-- transactional: false

CREATE INDEX CONCURRENTLY IF NOT EXISTS notes_i ON notes (id);
