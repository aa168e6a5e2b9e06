-- Nothing to take back: a checked rule is as good as one that is not.
SELECT 1;
