-- depends: 0001_notes

CREATE STATISTICS s ON id, (id::text) FROM notes;
