"""The pytest plugin: for each test a database of its own, with the messenger's schema in it.

Every run of pytest where this package is installed imports this module, so it imports nothing but pytest itself.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

    from messenger_db.testing.factory import Factory
    from messenger_db.testing.own_database import OwnDatabase
    from messenger_db.testing.session import Run

# Where the processes of a run meet, if one of them needs a server.
FOLDER = pytest.StashKey[Path]()
FOLDER_OF_WORKER = "messenger_db_folder"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our option and ini key; pytest-postgresql's choose the server."""
    parser.getgroup("messenger-db").addoption(
        "--messenger-keep-failed",
        action="store_true",
        help="Keep the database of a test that fails, and print its URL",
    )
    parser.addini(
        "messenger_timezone",
        "Time zone of the messenger's test databases; the default is one in which mistakes show",
        default="Canada/Newfoundland",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Watch the outcomes of tests, only where something is to be kept."""
    if config.option.messenger_keep_failed:
        from messenger_db.testing.keep_failed import Keeper

        config.pluginmanager.register(Keeper(_folder(config)))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist the folder of this run."""
    node.workerinput[FOLDER_OF_WORKER] = str(_folder(node.config))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove this run's own server, if it has one, when all workers are through."""
    folder = config.stash.get(FOLDER, None)
    if folder and not hasattr(config, "workerinput") and folder.exists():
        from messenger_db.testing import session_server

        session_server.end_unless_kept(folder)


def _folder(config: pytest.Config) -> Path:
    """Return the folder of this run, which may not be there yet: its name says which process the run ends with."""
    worker: dict[str, str] | None = getattr(config, "workerinput", None)
    if worker:
        return Path(worker[FOLDER_OF_WORKER])
    new = Path(tempfile.gettempdir(), f"messenger-db-{os.getpid()}-{os.urandom(4).hex()}")
    return config.stash.setdefault(FOLDER, new)


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Let an error that a person can correct fail the test with one line, without a traceback."""
    try:
        from messenger_db.errors import MessengerError

        try:
            yield
        except MessengerError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
    except ModuleNotFoundError as error:
        line = f"messenger-db: {error.name} is missing: pip install 'messenger-db[pytest]'"
        raise pytest.fail.Exception(line, pytrace=False) from None


@pytest.fixture(scope="session")
def _messenger_run(request: pytest.FixtureRequest) -> Iterator["Run"]:
    """What this process has on the server: templates, databases made ahead."""
    with _in_one_line():
        from messenger_db.testing.session import Run

        run = Run(request, _folder(request.config))
    yield run
    with _in_one_line():
        run.close()


@pytest.fixture
def _messenger_database(_messenger_run: "Run", request: pytest.FixtureRequest) -> Iterator["OwnDatabase"]:
    """The test's own database, whichever of our fixtures ask for it."""
    names = request.fixturenames
    connected = not {"messenger_db", "messenger_demo", "messenger_factory"}.isdisjoint(names)
    with _in_one_line():
        database = _messenger_run.take(request.node, demo="messenger_demo" in names, connected=connected)
    yield database
    database.leave()


@pytest.fixture
def messenger_db_url(_messenger_database: "OwnDatabase") -> str:
    """URL of this test's own database, for an application under test: postgresql://user:password@host:port/name.

    Any driver and any number of connections may use it; what they leave open is ended after the test. With messenger_db
    in the same test, both are the same database; with messenger_demo, the demo people are in it.
    """
    return _messenger_database.url


@pytest.fixture
def messenger_db(_messenger_database: "OwnDatabase") -> "Connection":
    """psycopg2 connection to a database of this test's own, with the messenger's schema and no rows in it.

    The test may do with it whatever it likes, commit and change the schema too: no other test sees it.
    """
    return _messenger_database.connection()


@pytest.fixture
def messenger_demo(_messenger_database: "OwnDatabase") -> "Connection":
    """As messenger_db, and the demo people are in the database: alice, bob, charlie and diana, with their chats.

    Each one's password is password123.
    """
    return _messenger_database.connection()


@pytest.fixture
def messenger_tx(_messenger_run: "Run", request: pytest.FixtureRequest) -> Iterator["Connection"]:
    """psycopg2 connection in a transaction that is rolled back after the test: the fastest way.

    Other tests use the database, but never at the same time. It is meant for code that does not commit; after a test
    that does, the next one is given another database.
    """
    with _in_one_line():
        connection = _messenger_run.begin(request.node)
    yield connection
    with _in_one_line():
        _messenger_run.roll_back()


@pytest.fixture
def messenger_factory(request: pytest.FixtureRequest, _messenger_run: "Run") -> "Factory":
    """Makes valid rows with as little as possible said, and returns them as plain objects.

    user(), direct_chat(a, b), group_chat(a, b, c), message(chat), reaction(message), attachment(message) and
    session(user). All values are made up, and the same each time the same test runs. In a test with messenger_tx the
    rows are part of its transaction; otherwise they are committed to the test's own database, where messenger_db and
    applications at messenger_db_url see them.
    """
    in_transaction = "messenger_tx" in request.fixturenames
    connection = request.getfixturevalue("messenger_tx" if in_transaction else "messenger_db")
    with _in_one_line():
        return _messenger_run.factory(request.node, connection, commits=not in_transaction)
