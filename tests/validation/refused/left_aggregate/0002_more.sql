-- depends: 0001_notes

CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer);
