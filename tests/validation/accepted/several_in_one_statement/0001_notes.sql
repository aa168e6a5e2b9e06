CREATE TABLE a (id uuid NOT NULL, CONSTRAINT a_pkey PRIMARY KEY (id));

CREATE TABLE b (
    a_id uuid NOT NULL,
    CONSTRAINT b_a_id_fkey FOREIGN KEY (a_id) REFERENCES a (id)
);
