DROP TABLE notes;

-- All gone.
