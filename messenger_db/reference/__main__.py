"""make docs: write what the catalog of the checkout's migrations says: reference, models and types."""

import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from messenger_db.process_exit import end_plainly, unwound_by_signals

if __name__ == "__main__":
    end_plainly()  # before the other imports, which take a while: Ctrl-C is not an error then either

import psycopg

from messenger_db import folders
from messenger_db.backend import open_backend
from messenger_db.connection import leave_out_environment
from messenger_db.embedded.server import Server
from messenger_db.errors import MessengerError
from messenger_db.folders import migrations
from messenger_db.reference.django_models import django_models
from messenger_db.reference.hot_path_types import described, typed
from messenger_db.reference.mapped_tables import mapped
from messenger_db.reference.pages import pages
from messenger_db.reference.schema import read
from messenger_db.reference.sqlalchemy_models import sqlalchemy_models
from messenger_db.reference.typescript_types import typescript_types


def main() -> None:
    """Migrate a database of a server that is gone afterwards, and write what its catalog says."""
    folder = folders.checkout() / "docs"
    if not folder.is_dir():
        raise MessengerError(f"{folder} is not a folder: run make docs in the checkout")
    leave_out_environment()
    with unwound_by_signals():
        server = Server(Path(tempfile.mkdtemp(prefix="messenger-db-docs-")), {"fsync": "off"})
        try:
            server.start()
            with open_backend(server.url("docs")) as backend:
                with redirect_stdout(StringIO()):
                    backend.apply_migrations(backend.to_apply(migrations()))
                schema = read(backend.connection)
                texts = {f"docs/{name}": text for name, text in pages(schema, migrations()[-1].id).items()}
                models = mapped(schema)
                texts["messenger_db/sqlalchemy.py"] = sqlalchemy_models(models)
                texts["messenger_db/django/models/__init__.py"] = django_models(models)
            with psycopg.connect(server.url("docs")) as connection:
                paths = described(connection)
                texts["messenger_db/hot_paths/statements.py"] = typed(paths)
                texts["docs/messenger-db.ts"] = typescript_types(models, paths)
        finally:
            server.remove()
    for name, text in texts.items():
        (folders.checkout() / name).write_text(text, encoding="utf-8")
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
