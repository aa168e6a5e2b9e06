-- depends: 0001_notes

CREATE TABLE more (id uuid NOT NULL);
