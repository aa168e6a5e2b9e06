-- depends: 0001_notes

-- squawk-disable-assume-in-transaction
SELECT 1;
