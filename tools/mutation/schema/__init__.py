"""Mutants of the schema: made from the catalog, and tried against the tests."""
