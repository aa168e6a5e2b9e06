CREATE TABLE notes (
    id uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
    body text,
    CONSTRAINT notes_pkey PRIMARY KEY (id)
);

CREATE INDEX notes_body_search_idx ON notes USING gin (to_tsvector('pg_catalog.english', body));

COMMENT ON COLUMN notes.body IS 'What is written; see public.notes.';

CREATE FUNCTION f(key uuid) RETURNS text
    LANGUAGE plpgsql
    AS $$
DECLARE
    r notes%ROWTYPE;
    k notes.id%TYPE := key;
BEGIN
    SELECT notes.* INTO r FROM notes WHERE notes.id = k;
    r.body := pg_catalog.lower(r.body);
    k = key;
    RETURN r.body;
END;
$$;
