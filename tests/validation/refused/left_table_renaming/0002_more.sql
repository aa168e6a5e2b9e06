-- depends: 0001_notes

-- squawk-ignore renaming-table, renaming-column, renaming-object -- nobody reads it yet
ALTER TABLE notes RENAME TO cards;
