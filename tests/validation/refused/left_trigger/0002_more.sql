-- depends: 0001_notes

CREATE TRIGGER notes_t
    BEFORE UPDATE ON notes
    FOR EACH ROW
    EXECUTE FUNCTION suppress_redundant_updates_trigger();
