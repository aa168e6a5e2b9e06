DROP FUNCTION f(uuid);

DROP TABLE notes;
