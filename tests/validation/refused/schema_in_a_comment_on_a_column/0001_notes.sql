CREATE TABLE notes (
    id uuid NOT NULL,
    CONSTRAINT notes_pkey PRIMARY KEY (id)
);

COMMENT ON COLUMN public.notes.id IS 'Its id.';
