"""The fixtures of these tests."""

from workflow.fixtures import checkout, database, empty_databases, role, untouched

from drift.fixtures import commands

__all__ = ["checkout", "commands", "database", "empty_databases", "role", "untouched"]
