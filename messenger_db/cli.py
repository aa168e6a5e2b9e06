"""The console command `messenger-db`, which is also what the Makefile runs."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from messenger_db import __version__
from messenger_db.process_exit import end_plainly

# docs/commands.md lists the exit statuses; argparse itself ends with 2 for words that it does not know.
DONE, FAILED = 0, 1

LARGEST_PORT = 65535

Parser = argparse.ArgumentParser


class Report(Protocol):
    """The result of a command, for people and for programs."""

    @property
    def exit_status(self) -> int:
        """The exit status of the process."""
        ...

    def print(self) -> None:
        """Print it for people."""
        ...

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        ...


@dataclass(frozen=True)
class Command:
    """A command; `function` is module:name in messenger_db, imported when it runs."""

    name: str
    help: str
    example: str
    function: str
    arguments: tuple[Callable[[Parser], object], ...] = ()


def _setting(name: str, *flags: str, type: Callable[[str], object] = str) -> Callable[[Parser], object]:  # noqa: A002 (argparse's word)
    """Return what adds an argument whose default is the setting of that name; a flag without a value means 1."""

    def add(parser: Parser) -> object:
        from messenger_db import settings

        shape: dict[str, Any] = {"nargs": "?"} if type is str else {"nargs": "?", "const": "1"}
        meaning = f"{settings.SETTINGS[name].meaning}; default: the setting {name}"
        help_text = meaning.replace("%", "%%")
        return parser.add_argument(*flags, default=settings.value(name), type=type, help=help_text, **shape)

    return add


def _flag(name: str, *flags: str) -> Callable[[Parser], object]:
    def parse(text: str) -> bool:
        from messenger_db.settings import flag

        return flag(name, text)

    return _setting(name, *flags, type=parse)


def _parse_steps(text: str) -> int | None:
    from messenger_db.errors import MessengerError
    from messenger_db.settings import whole_number

    steps = whole_number(text)
    if text and not steps:
        raise MessengerError(f"STEPS={text} is not a whole number: STEPS=1 rolls back the last migration")
    return steps


def _parse_port(text: str) -> int | None:
    from messenger_db.errors import MessengerError
    from messenger_db.settings import whole_number

    port = whole_number(text)
    if text and not 0 < (port or 0) <= LARGEST_PORT:
        raise MessengerError(f"PORT={text} is not a port: set a number from 1 to {LARGEST_PORT}, or leave it out")
    return port


def _json(parser: Parser) -> object:
    return parser.add_argument("--json", action="store_true", help="print JSON, as docs/commands.md describes")


def _json_of_tenants(parser: Parser) -> object:
    meaning = "with TENANTS, print JSON, as docs/commands.md describes, and what is done on standard error"
    return parser.add_argument("--json", action="store_const", const=TENANTS_ONLY, help=meaning)


def _exit_code(parser: Parser) -> object:
    return parser.add_argument("--exit-code", action="store_true", help="exit with status 3 if a migration is pending")


def _parse_messages(text: str) -> int | None:
    from messenger_db.errors import MessengerError
    from messenger_db.settings import whole_number

    messages = whole_number(text)
    if text and not messages:
        raise MessengerError(f"MESSAGES={text} is not a whole number: MESSAGES=1000000 generates a million messages")
    return messages


# What --json is for where only tenants have a report.
TENANTS_ONLY = "tenants"

MESSAGES = _setting("MESSAGES", "--messages", type=_parse_messages)
# A recipe of migrations, and what one of them or another needs: each is an option and a setting.
RECIPE = ("RECIPE", "TABLE", "COLUMN", "TYPE", "VALUE", "CONSTRAINT", "CHECK", "REFERENCES", "LENGTH", "TO", "TRIGGER")
ON_ERROR = _setting("ON_ERROR", "--on-error")
TENANTS = _setting("TENANTS", "--tenants")
STEPS = _setting("STEPS", "--steps", type=_parse_steps)

GROUPS = {
    "Every day": (
        Command(
            "up",
            "bring the database to the newest migration",
            "messenger-db up --tenants 'tenant_%' --on-error skip",
            "commands.up_down:up",
            (TENANTS, ON_ERROR, _json_of_tenants),
        ),
        Command(
            "down",
            "roll back migrations, newest first",
            "messenger-db down --steps 1",
            "commands.up_down:down",
            (STEPS,),
        ),
        Command(
            "status",
            "show which migrations are applied, and where the database is",
            "messenger-db status --exit-code || messenger-db up",
            "commands.status:status",
            (_exit_code, TENANTS, _json),
        ),
        Command(
            "backfill",
            "change many rows in small batches while others work, as the files of backfills/ say",
            "messenger-db backfill 0001_fill_language --on-error skip",
            "commands.backfill:backfill",
            (_setting("NAME", "name"), ON_ERROR, TENANTS, _json_of_tenants),
        ),
        Command("shell", "open psql on the database", "messenger-db shell", "commands.shell:shell"),
        Command(
            "studio",
            "serve a local web page to browse the rows of the database, read-only",
            "messenger-db studio --port 5555",
            "commands.studio:studio",
            (_flag("WRITE", "--write"), _setting("PORT", "--port", type=_parse_port)),
        ),
        Command(
            "url",
            "print the database's URL, for other programs",
            'pgcli "$(messenger-db url)"',
            "commands.shell:print_url",
            (_flag("TCP", "--tcp"),),
        ),
    ),
    "Writing migrations": (
        Command(
            "new",
            "write the next migrations: an empty pair of files, or those of a recipe; or a backfill",
            "messenger-db new --recipe index --table users --column created_at",
            "commands.new:new",
            (_setting("NAME", "name"), *(_setting(name, f"--{name.lower()}") for name in (*RECIPE, "BACKFILL"))),
        ),
        Command(
            "validate",
            "check the migration files without running them",
            "messenger-db validate --format sarif > validate.sarif",
            "commands.validate:validate",
            (_setting("FORMAT", "--format"),),
        ),
        Command(
            "checksums",
            "record in SHA256SUMS the migrations that are not released yet, as they are now",
            "messenger-db checksums",
            "commands.new:write_checksums",
        ),
        Command(
            "renumber",
            "number the migrations that are not released anew, without gaps or doubles, the named one last",
            "messenger-db renumber 0002_add_pins",
            "commands.renumber:renumber",
            (_setting("NAME", "name"),),
        ),
        Command(
            "plan",
            "print the SQL that up would run, or down, and its hazards, and run nothing",
            "messenger-db plan --down --steps 1",
            "commands.plan:plan",
            (_flag("DOWN", "--down"), STEPS, _json),
        ),
        Command(
            "rehearse",
            "try pending migrations and backfills on a server that is thrown away, and say what they would do here",
            "messenger-db rehearse --messages 1000000",
            "commands.rehearse:rehearse",
            (MESSAGES, _json),
        ),
    ),
    "On a server": (
        Command(
            "check",
            "compare the database with what its applied migrations create",
            "messenger-db check --json",
            "commands.check:check",
            (TENANTS, _json),
        ),
        Command(
            "verify",
            "check all rows against the constraints, the keys and what the application keeps",
            "messenger-db verify --json",
            "commands.verify:verify",
            (_setting("START_AT", "--start-at"), _json),
        ),
        Command(
            "retain",
            "remove messages older than a bound, in batches while others work",
            "messenger-db retain --older-than '90 days' --keys removed-files.jsonl",
            "commands.retain:retain",
            (
                _setting("BEFORE", "--before"),
                _setting("OLDER_THAN", "--older-than"),
                _setting("CHAT", "--chat"),
                _setting("KEYS", "--keys"),
                _flag("DRY_RUN", "--dry-run"),
            ),
        ),
        Command(
            "adopt",
            "record the migrations of a database that has the schema already as applied (a baseline)",
            "messenger-db adopt",
            "commands.adopt:adopt",
        ),
        Command(
            "grant",
            "grant a role what an application needs, and nothing else",
            "messenger-db grant messenger_app",
            "commands.grant:grant",
            (_setting("ROLE", "role"), _flag("READONLY", "--readonly")),
        ),
        Command(
            "distribute",
            "shard the messenger of a Citus coordinator by chat, or print how",
            "messenger-db distribute --plan",
            "commands.distribute:distribute",
            (_flag("PLAN", "--plan"),),
        ),
        Command(
            "send-functions",
            "print the sends as functions that a Citus cluster runs on the node of the chat",
            'messenger-db send-functions | psql "$DATABASE_URL"',
            "commands.send_functions:send_functions",
        ),
        Command(
            "feed",
            "publish every change for logical replication, without secret columns, or publish nothing any more",
            "messenger-db feed",
            "commands.feed:feed",
            (_flag("REMOVE", "--remove"),),
        ),
        Command(
            "wait",
            "wait until the server of DATABASE_URL is up",
            "messenger-db wait && yoyo apply",
            "commands.wait:wait",
        ),
    ),
    "The embedded server": (
        Command(
            "reset",
            "roll back all migrations and apply them again, on it alone",
            "messenger-db reset",
            "commands.up_down:reset",
        ),
        Command("stop", "stop it and keep its data", "messenger-db stop", "commands.stop:stop"),
        Command("remove", "stop it and delete its data", "messenger-db remove", "commands.stop:remove"),
    ),
}

COMMANDS = {command.name: command for commands in GROUPS.values() for command in commands}


def parser(chosen: str | None) -> Parser:
    """Return the parser, with the arguments of the chosen command: those of the others would be read for nothing."""
    width = max(map(len, COMMANDS)) + 2
    listed = "\n\n".join(
        "\n".join([f"{group}:", *(f"  {command.name:<{width}}{command.help}" for command in commands)])
        for group, commands in GROUPS.items()
    )
    whole = Parser(
        prog="messenger-db",
        usage="messenger-db [--version] COMMAND [OPTIONS]",
        description="Work on the messenger's database: the one of DATABASE_URL, else this checkout's embedded server.",
        epilog=f"{listed}\n\nmessenger-db COMMAND --help shows its options and an example.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    whole.add_argument("-h", "--help", action="help", help=argparse.SUPPRESS)
    whole.add_argument("--version", action="version", version=__version__, help=argparse.SUPPRESS)
    subparsers = whole.add_subparsers(required=True, metavar="COMMAND", help=argparse.SUPPRESS)
    for command in COMMANDS.values():
        sentence = f"{command.help[0].upper()}{command.help[1:]}."
        subparser = subparsers.add_parser(
            command.name,
            prog=f"messenger-db {command.name}",
            description=sentence,
            epilog=f"example: {command.example}",
        )
        subparser.set_defaults(command=command)
        for add in command.arguments if command.name == chosen else ():
            add(subparser)
    return whole


def run(words: Sequence[str]) -> int:
    """Run the command that the words name, from the checkout's folder; return its exit status."""
    given = vars(parser(next((word for word in words if word in COMMANDS), None)).parse_args(words))
    from messenger_db.folders import checkout

    os.chdir(checkout())
    module, _, name = given.pop("command").function.partition(":")
    is_json = given.pop("json", False)
    if is_json == TENANTS_ONLY and not given["tenants"]:
        from messenger_db.errors import MessengerError

        raise MessengerError("--json is for tenants here: name them with --tenants, or leave --json out")
    # What is said while it works is not a part of the JSON.
    with redirect_stdout(sys.stderr) if is_json else nullcontext():
        report: Report | None = getattr(import_module(f"messenger_db.{module}"), name)(**given)
    if report is None:
        return DONE
    if is_json:
        print(json.dumps(report.as_json(), indent=2))
    else:
        report.print()
    return report.exit_status


def main() -> None:
    """Run the command of the command line, and end the process with its status."""
    end_plainly()  # before all that takes a while to import: Ctrl-C is not an error then either
    from messenger_db.errors import MessengerError

    try:
        status = run(sys.argv[1:])
    except MessengerError as error:
        print(error, file=sys.stderr)
        status = FAILED
    sys.exit(status)
