"""The fixtures of these tests."""

from workflow.fixtures import checkout, database, role

from drift.fixtures import commands

__all__ = ["checkout", "commands", "database", "role"]
