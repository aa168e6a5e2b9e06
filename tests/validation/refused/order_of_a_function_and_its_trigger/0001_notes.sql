CREATE FUNCTION f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN NEW;
END;
$$;

CREATE TABLE notes (
    id uuid NOT NULL,
    CONSTRAINT notes_pkey PRIMARY KEY (id)
);

CREATE TRIGGER t
    BEFORE UPDATE ON notes
    FOR EACH ROW
    EXECUTE FUNCTION f();
