-- depends: 0001_notes

-- squawk-ignore require-concurrent-index-creation -- not what is tried here
CREATE INDEX notes_i ON notes (id);

-- squawk-ignore require-concurrent-index-creation -- not what is tried here
CREATE INDEX users_i ON users (id);
