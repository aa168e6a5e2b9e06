"""The effects of SQL, by PostgreSQL's own grammar: facts for validation, db-plan and the schema reference.

A development dependency (pglast) reads it, so nothing that runs on a server imports this package.
"""
