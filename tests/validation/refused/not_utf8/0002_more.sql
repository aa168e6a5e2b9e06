-- depends: 0001_notes
-- Grüße
SELECT 1;
