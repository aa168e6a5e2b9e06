-- depends: 0001_notes

CREATE TYPE span AS RANGE (subtype = timestamptz);
