-- squawk-ignore renaming-object -- not what is tried here
ALTER SCHEMA chat RENAME TO talk;
