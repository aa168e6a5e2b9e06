CREATE TABLE notes (
    id uuid NOT NULL,
    CONSTRAINT notes_pkey PRIMARY KEY (id)
);

COMMENT ON TABLE public.notes IS 'Notes.';
