"""The fixtures of these tests."""

from drift.fixtures import commands

__all__ = ["commands"]
