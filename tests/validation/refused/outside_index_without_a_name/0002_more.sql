-- depends: 0001_notes
-- transactional: false

CREATE INDEX CONCURRENTLY ON notes (id);
