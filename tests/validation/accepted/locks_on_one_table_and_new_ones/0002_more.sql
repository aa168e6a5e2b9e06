-- depends: 0001_notes

ALTER TABLE notes ADD COLUMN body text;

CREATE TABLE pins (
    note_id uuid NOT NULL,
    CONSTRAINT pins_note_id_fkey FOREIGN KEY (note_id) REFERENCES notes (id)
);

CREATE INDEX pins_note_id_idx ON pins (note_id);

CREATE TRIGGER t
    BEFORE UPDATE ON pins
    FOR EACH ROW
    EXECUTE FUNCTION suppress_redundant_updates_trigger();

-- squawk-ignore renaming-table -- it is new
ALTER TABLE pins RENAME TO marks;
