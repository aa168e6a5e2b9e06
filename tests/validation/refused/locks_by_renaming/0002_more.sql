-- depends: 0001_notes

-- squawk-ignore renaming-column -- not what is tried here
ALTER TABLE notes RENAME COLUMN a TO b;

-- squawk-ignore renaming-table -- the same
ALTER TABLE users RENAME TO people;
