"""The commands behind the Makefile: python -m messenger_db COMMAND."""

import argparse
import os

from messenger_db.process_exit import end_plainly

if __name__ == "__main__":
    end_plainly()  # before the other imports, which take a while: Ctrl-C is not an error then either

from messenger_db import checksums, database_in_use, folders
from messenger_db.commands import adopt, check, grant, new, shell, up_down
from messenger_db.errors import MessengerError
from messenger_db.settings import whole_number


def _steps(text: str) -> int | None:
    if not text:
        return None
    steps = whole_number(text)
    if not steps:
        raise MessengerError(f"STEPS={text} is not a number of migrations: STEPS=1 rolls back the last one")
    return steps


def _flag(text: str) -> bool:
    if text not in ("", "0", "1"):
        raise MessengerError(f"{text} is neither 1 nor 0: say 1, or leave it out")
    return text == "1"


def _plan(*, down: bool, steps: int | None) -> None:
    try:
        from messenger_db.commands.plan import plan  # noqa: PLC0415 (PostgreSQL's grammar comes with the extra dev alone)
    except ModuleNotFoundError as error:
        raise MessengerError(f"{error.name} is not installed here: pip install '.[dev]' in a checkout") from None
    plan(down, steps)


def _reset() -> None:
    up_down.refuse_unless_embedded()
    up_down.down(None)
    up_down.up()


def _sums() -> None:
    checksums.record(folders.migrations_folder())
    print(f"wrote {folders.migrations_folder().name}/{checksums.MANIFEST}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m messenger_db",
        description="Work on the messenger's database: the one of DATABASE_URL, else this checkout's embedded server.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("up", help="apply all migrations that wait").set_defaults(run=up_down.up)
    down = commands.add_parser("down", help="roll back migrations")
    down.set_defaults(run=up_down.down)
    plan = commands.add_parser("plan", help="print the SQL that up would run, or down")
    plan.add_argument(
        "--down",
        type=_flag,
        default=os.environ.get("DOWN", ""),
        help="1: down; default: the environment's DOWN, else up",
    )
    plan.set_defaults(run=_plan)
    for command in (down, plan):
        command.add_argument(
            "--steps",
            type=_steps,
            default=os.environ.get("STEPS", ""),
            help="how many, newest first; default: the environment's STEPS, else all",
        )
    commands.add_parser("status", help="show what is applied and where").set_defaults(run=up_down.status)
    commands.add_parser("check", help="compare the database with what its migrations make").set_defaults(
        run=check.check
    )
    commands.add_parser("adopt", help="mark the migrations of a database that has the schema").set_defaults(
        run=adopt.adopt
    )
    role = commands.add_parser("grant", help="give a role what an application needs")
    role.add_argument(
        "role", nargs="?", default=os.environ.get("ROLE", ""), help="an existing role; default: the environment's ROLE"
    )
    role.add_argument(
        "--readonly",
        type=_flag,
        default=os.environ.get("READONLY", ""),
        help="1: what a reporting role needs; default: the environment's READONLY, else 0",
    )
    role.set_defaults(run=grant.grant)
    new_pair = commands.add_parser("new", help="write the next pair of migration files")
    new_pair.add_argument(
        "name", nargs="?", default=os.environ.get("NAME", ""), help="such as add_pins; default: the environment's NAME"
    )
    new_pair.set_defaults(run=new.new)
    commands.add_parser("sums", help="write the newest migration's sums into the manifest").set_defaults(run=_sums)
    commands.add_parser("reset", help="down and up again, on the embedded database").set_defaults(run=_reset)
    commands.add_parser("shell", help="open psql").set_defaults(run=shell.shell)
    commands.add_parser("url", help="print the database's URL").set_defaults(run=shell.print_url)
    commands.add_parser("stop", help="stop the embedded server, its data kept").set_defaults(run=database_in_use.stop)
    commands.add_parser("remove", help="stop the embedded server and delete its data").set_defaults(
        run=database_in_use.remove
    )
    return parser


def main() -> None:
    """Run one command from the checkout's folder; a MessengerError ends it with one line."""
    arguments = vars(_parser().parse_args())
    os.chdir(folders.checkout())
    run = arguments.pop("run")
    run(**arguments)


if __name__ == "__main__":
    main()
