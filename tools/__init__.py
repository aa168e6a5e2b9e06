"""What looks after this repository, and is not part of the package."""
