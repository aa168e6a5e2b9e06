"""The embedded PostgreSQL server of a checkout: its programs, the folder it lives in, starting and stopping it."""
