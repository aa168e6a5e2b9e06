"""Nothing: it is enough that the file is there."""
