"""The fixtures of these tests."""

from workflow.fixtures import checkout, database, role, untouched

from drift.fixtures import commands

__all__ = ["checkout", "commands", "database", "role", "untouched"]
