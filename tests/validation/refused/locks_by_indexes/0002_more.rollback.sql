-- squawk-ignore require-concurrent-index-deletion -- not what is tried here
DROP INDEX users_i;

-- squawk-ignore require-concurrent-index-deletion -- not what is tried here
DROP INDEX notes_i;
