"""The fixtures of these tests."""

from workflow.fixtures import (
    checkout,
    database,
    empty_databases,
    migrated,
    missing,
    role,
    started,
    stopped,
    stopped_home,
    untouched,
)

__all__ = [
    "checkout",
    "database",
    "empty_databases",
    "migrated",
    "missing",
    "role",
    "started",
    "stopped",
    "stopped_home",
    "untouched",
]
