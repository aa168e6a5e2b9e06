-- depends: 0001_notes

-- squawk-ignore renaming-column -- no client reads notes yet
ALTER TABLE notes RENAME COLUMN id TO key;

-- squawk-ignore renaming-table -- the same
ALTER TABLE notes RENAME TO cards;

-- squawk-ignore renaming-object -- the same
ALTER INDEX notes_pkey RENAME TO cards_pkey;
