-- depends: 0001_notes

CREATE OR REPLACE VIEW v AS SELECT 1 AS one;
