-- depends: 0001_notes

-- squawk-ignore renaming-table, renaming-column, renaming-object -- nobody reads it yet
ALTER FUNCTION f() RENAME TO g;
