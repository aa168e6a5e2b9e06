CREATE TABLE public.notes (
    id uuid NOT NULL,
    CONSTRAINT notes_pkey PRIMARY KEY (id)
);
