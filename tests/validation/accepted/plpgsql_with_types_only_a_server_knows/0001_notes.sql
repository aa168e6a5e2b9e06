CREATE TYPE mood AS ENUM ('good', 'bad');

CREATE TABLE notes (
    id uuid NOT NULL,
    CONSTRAINT notes_pkey PRIMARY KEY (id)
);

CREATE FUNCTION f(key notes.id%TYPE) RETURNS text
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN NULL;
END;
$$;

CREATE FUNCTION g(VARIADIC keys text[]) RETURNS text
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN NULL;
END;
$$;

CREATE FUNCTION h() RETURNS mood[]
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN NULL;
END;
$$;
