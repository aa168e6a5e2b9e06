"""make docs: write the schema reference of the checkout's migrations."""

import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from messenger_db import project
from messenger_db.backend import open_backend
from messenger_db.embedded.server import Server
from messenger_db.migrate import migrations
from messenger_db.reference.pages import pages
from messenger_db.reference.schema import read


def main() -> None:
    """Migrate a database of a server that is gone afterwards, and write what its catalog says."""
    server = Server(Path(tempfile.mkdtemp(prefix="messenger-db-docs-")), {"fsync": "off"})
    try:
        server.start()
        with open_backend(server.url("docs")) as backend:
            with redirect_stdout(StringIO()):
                backend.apply_migrations(backend.to_apply(migrations()))
            texts = pages(read(backend.connection), migrations()[-1].id)
    finally:
        server.remove()
    for name, text in texts.items():
        (project.checkout() / "docs" / name).write_text(text, encoding="utf-8")
        print(f"wrote docs/{name}")


if __name__ == "__main__":
    main()
