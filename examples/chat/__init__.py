"""A small chat server on the hot paths: no SQL of its own, one process, one page."""
