-- depends: 0001_notes

CREATE VIEW v AS SELECT 1 AS one;
