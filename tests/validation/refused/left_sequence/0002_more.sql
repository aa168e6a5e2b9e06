-- depends: 0001_notes

CREATE SEQUENCE s;
