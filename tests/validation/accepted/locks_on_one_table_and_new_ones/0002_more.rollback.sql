ALTER TABLE marks RENAME TO pins;

DROP TRIGGER t ON pins;

-- squawk-ignore require-concurrent-index-deletion -- the table goes too
DROP INDEX pins_note_id_idx;

DROP TABLE pins;

ALTER TABLE notes DROP COLUMN body;
