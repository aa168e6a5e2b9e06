"""The commands behind `messenger-db` and make: one module each."""
