"""messenger-db stop and remove: the end of the embedded server, or of its data too."""

from messenger_db.database_in_use import embedded


def stop() -> None:
    """Stop the embedded server, keeping its data."""
    print("the embedded server is stopped" if embedded().stop() else "the embedded server was not running")


def remove() -> None:
    """Stop the embedded server and delete its data."""
    server = embedded()
    existed = server.home.exists()
    server.remove()
    if existed:
        print("the embedded server's data are deleted")
