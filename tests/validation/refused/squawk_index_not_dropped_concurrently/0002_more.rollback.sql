DROP INDEX notes_i;
