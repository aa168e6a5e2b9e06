-- depends: 0001_notes
-- transactional: false

DROP INDEX CONCURRENTLY notes_idd_idx;
