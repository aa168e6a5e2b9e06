"""The commands behind the Makefile: python -m messenger_db COMMAND."""

import argparse
import os

from messenger_db import current, migrate, new, project, seed, shell


def _steps(text: str) -> int | None:
    if not text:
        return None
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no number of migrations: say STEPS=1 for the last one")
    return int(text)


def _reset() -> None:
    migrate.refuse_unless_embedded()
    migrate.down(None)
    seed.seed()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m messenger_db",
        description="Work on the messenger's database: the one of DATABASE_URL, else this checkout's embedded server.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("up", help="apply all migrations that wait").set_defaults(run=migrate.up)
    down = commands.add_parser("down", help="roll back migrations")
    down.add_argument(
        "--steps",
        type=_steps,
        default=os.environ.get("STEPS", ""),
        help="how many, newest first; default: the environment's STEPS, else all",
    )
    down.set_defaults(run=migrate.down)
    commands.add_parser("status", help="show what is applied and where").set_defaults(run=migrate.status)
    new_pair = commands.add_parser("new", help="write the next pair of migration files")
    new_pair.add_argument(
        "name", nargs="?", default=os.environ.get("NAME", ""), help="such as add_pins; default: the environment's NAME"
    )
    new_pair.set_defaults(run=new.new)
    commands.add_parser("seed", help="put in the demo people").set_defaults(run=seed.seed)
    commands.add_parser("reset", help="down, up and seed the embedded database").set_defaults(run=_reset)
    commands.add_parser("shell", help="open psql").set_defaults(run=shell.shell)
    commands.add_parser("url", help="print the database's URL").set_defaults(run=shell.print_url)
    commands.add_parser("stop", help="stop the embedded server, its data kept").set_defaults(run=current.stop)
    commands.add_parser("remove", help="stop the embedded server and delete its data").set_defaults(run=current.remove)
    return parser


def main() -> None:
    """Run one command from the checkout's folder; a MessengerError ends it with one line."""
    arguments = vars(_parser().parse_args())
    os.chdir(project.checkout())
    run = arguments.pop("run")
    run(**arguments)


if __name__ == "__main__":
    main()
