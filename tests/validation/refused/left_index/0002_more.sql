-- depends: 0001_notes

-- squawk-ignore require-concurrent-index-creation -- the table is empty
CREATE INDEX notes_id_idx ON notes (id);
