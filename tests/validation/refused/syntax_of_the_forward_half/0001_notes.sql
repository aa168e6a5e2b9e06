-- Grüße: the column of an error counts characters.
SELECT 'ü';

CREATE TABEL notes (id uuid);
