CREATE TABLE notes (
    id uuid NOT NULL,
    CONSTRAINT notes_pkey PRIMARY KEY (id)
);

-- squawk-ignore renaming-column -- the table is new
ALTER TABLE notes RENAME COLUMN id TO key;
