-- depends: 0001_notes

CREATE EXTENSION citext;
