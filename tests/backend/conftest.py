"""The fixtures of these tests."""

from workflow.fixtures import checkout, database, migrated, missing, role, started, stopped, stopped_home, untouched

__all__ = ["checkout", "database", "migrated", "missing", "role", "started", "stopped", "stopped_home", "untouched"]
