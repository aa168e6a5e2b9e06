-- depends: 0001_notes

CREATE FUNCTION notes() RETURNS integer
    LANGUAGE sql
    RETURN 1;

-- squawk-ignore require-concurrent-index-creation -- not what is tried here
CREATE INDEX notes_i ON notes (id);
