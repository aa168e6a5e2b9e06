-- depends: 0001_notes

CREATE TYPE mood AS ENUM ('good', 'bad');
