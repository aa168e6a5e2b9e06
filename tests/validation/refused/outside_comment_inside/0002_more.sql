-- depends: 0001_notes
-- transactional: false

CREATE INDEX CONCURRENTLY notes_id_idx -- by id
    ON notes (id);
