CREATE TABLE notes (begin integer);

COMMENT ON TABLE notes IS 'Notes.';

SELECT 1;
