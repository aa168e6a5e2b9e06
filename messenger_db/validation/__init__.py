"""Checks of the migration files that need no database: `python -m messenger_db.validation`."""
