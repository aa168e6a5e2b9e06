-- A rollback does not turn them back.
SELECT
    seqrelid,
    pg_sequence_last_value(seqrelid)
FROM pg_sequence
ORDER BY seqrelid;
