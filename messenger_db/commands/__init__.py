"""The commands that `messenger-db` and make run: one module each."""
