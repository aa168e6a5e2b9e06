-- depends: 0001_notes
-- transactional: false

-- squawk-ignore require-concurrent-index-creation -- not what is tried here
CREATE INDEX notes_i ON notes (id);
