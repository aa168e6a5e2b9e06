"""The PostgreSQL schema of a real-time messenger: migrations, their commands, statements and test fixtures.

Public: `__version__`, messenger_db.hot_paths, the pytest fixtures, the yoyo backend `messenger:`, and the command
`messenger-db`. All other modules are private, and change without notice.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
