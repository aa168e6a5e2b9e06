CREATE TABLE notes (
    id uuid NOT NULL,
    CONSTRAINT notes_id_fkey FOREIGN KEY (id) REFERENCES public.users (id)
);
