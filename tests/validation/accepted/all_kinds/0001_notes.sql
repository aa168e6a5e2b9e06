CREATE DOMAIN word AS text;

CREATE TYPE mood AS ENUM ('good', 'bad');

CREATE SEQUENCE s;

CREATE FUNCTION f() RETURNS integer
    LANGUAGE sql
    RETURN 1;

CREATE TABLE notes (
    id uuid NOT NULL,
    CONSTRAINT notes_pkey PRIMARY KEY (id)
);

CREATE VIEW v AS SELECT id FROM notes;

CREATE MATERIALIZED VIEW m AS SELECT id FROM notes;

-- squawk-ignore require-concurrent-index-creation -- nobody reads the view yet
CREATE INDEX m_i ON m (id);

CREATE TRIGGER t
    BEFORE UPDATE ON notes
    FOR EACH ROW
    EXECUTE FUNCTION suppress_redundant_updates_trigger();
