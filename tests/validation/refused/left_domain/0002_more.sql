-- depends: 0001_notes

CREATE DOMAIN word AS text;
