"""A project with tests to time, run in a copy."""
