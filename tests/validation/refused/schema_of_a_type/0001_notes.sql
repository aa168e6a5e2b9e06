CREATE TABLE notes (
    id uuid NOT NULL,
    mood public.mood
);
