DO $$
BEGIN
    IF EXISTS (SELECT FROM notes) THEN
        RAISE EXCEPTION 'notes has rows, which would be lost';
    END IF;
END;
$$;

DROP TABLE notes;
