-- depends: 0001_notes

COMMIT;
