"""Backfills: changes of many rows in small batches while others work, as the files of backfills/ say."""
