-- depends: 0001_notes

-- squawk-ignore renaming-table, renaming-column, renaming-object -- nobody reads it yet
ALTER INDEX notes_pkey RENAME TO notes_key;
