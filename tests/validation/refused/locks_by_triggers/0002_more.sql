-- depends: 0001_notes

CREATE TRIGGER t
    BEFORE UPDATE ON notes
    FOR EACH ROW
    EXECUTE FUNCTION suppress_redundant_updates_trigger();

CREATE TRIGGER t
    BEFORE UPDATE ON users
    FOR EACH ROW
    EXECUTE FUNCTION suppress_redundant_updates_trigger();
