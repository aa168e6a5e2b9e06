"""The embedded PostgreSQL server of a checkout: where its programs are, the folder it lives in, starting and stopping."""
