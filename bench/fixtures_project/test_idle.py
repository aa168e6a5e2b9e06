"""A test that uses no fixture."""


def test_idle() -> None:
    """Do nothing."""
