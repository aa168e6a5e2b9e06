-- depends: 0001_notes

CREATE TYPE pair AS (a uuid, b uuid);
