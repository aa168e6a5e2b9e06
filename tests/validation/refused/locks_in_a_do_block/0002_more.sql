-- depends: 0001_notes

DO $$
BEGIN
    LOCK TABLE notes;
    ALTER TABLE users ADD COLUMN body text;
END;
$$;
