-- depends: 0001_notes

CREATE TABLE more (
    id uuid NOT NULL,
    CONSTRAINT more_pkey PRIMARY KEY (id)
);

CREATE INDEX CONCURRENTLY more_i ON more (id);
