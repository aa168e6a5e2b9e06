-- depends: 0001_notes

CREATE TABLE more AS SELECT 1 AS one;
