"""messenger-db verify: whether the rows of the database in use are what its rules say."""

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg2

from messenger_db.database_in_use import current_target
from messenger_db.errors import MessengerError, printable, reason_of
from messenger_db.row_rules import Breaks, Rule
from messenger_db.verification import Findings, Verification, VerifiedTable

DONE, FAILED, BROKEN, UNVERIFIED = 0, 1, 4, 5

SECONDS_BETWEEN_LINES = 10


@dataclass(frozen=True)
class Verified:
    """The result of `verify`; `where` names the database for people."""

    where: str
    findings: Findings

    @property
    def exit_status(self) -> int:
        """Say which of these it is: not finished, broken rules, rules that could not be asked, or none of them."""
        if self.findings.stopped_at is not None:
            return FAILED
        if self.findings.violations:
            return BROKEN
        return UNVERIFIED if self.findings.unverified else DONE

    @property
    def _asked(self) -> int:
        return sum(table.rules for table in self.findings.tables)

    def print(self) -> None:
        """Print a line for each broken rule, and for those that could not be asked; on stderr what to do."""
        found = self.findings
        for violation in found.violations:
            if violation.breaks:
                print(printable(_line(violation.rule, violation.breaks)))
        corrupt = ((each.rule, each.reason) for each in found.violations if each.reason)
        for state, rules in (
            ("corrupt", corrupt),
            ("not verified", ((each.rule, each.reason) for each in found.unverified)),
        ):
            names = defaultdict(list)
            for rule, reason in rules:
                names[reason].append(_name(rule))
            for reason in names:
                print(printable(f"{state}, {reason}: {', '.join(names[reason])}"))
        advice = self._advice()
        if advice is None:
            print(f"{self.where}: the rows keep all {self._asked} rules of {len(self.findings.tables)} tables")
            return
        sys.stdout.flush()
        print(MessengerError(advice), file=sys.stderr)

    def _advice(self) -> str | None:
        found = self.findings
        if found.stopped_at is not None:
            return (
                f"the verification of {self.where} stopped in {found.stopped_at}: {found.reason}; "
                f"make db-verify START_AT={found.stopped_at} goes on there"
            )
        if found.violations:
            cures = {
                "REINDEX the indexes that are corrupt, and restore such tables from a backup"
                if each.reason
                else "find out what wrote the rows, and correct them"
                for each in found.violations
            }
            return (
                f"{_rules(len(found.violations))} broken in {self.where}: {'; '.join(sorted(cures))}; then verify again"
            )
        if found.unverified:
            return (
                f"{len(found.unverified)} of {self._asked} rules of {self.where} could not be verified, and the rows "
                "keep the others: verify as the role that owns the tables, and see what make db-check says"
            )
        return None

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        found = self.findings
        return {
            "database": {"address": self.where},
            "tables": [{"table": each.name, "rules": each.rules, "rows": each.rows} for each in found.tables],
            "violations": [
                _as_json(each.rule)
                | {
                    "rows": each.breaks.rows if each.breaks else None,
                    "columns": each.breaks.columns if each.breaks else [],
                    "first": each.breaks.first if each.breaks else [],
                    "reason": each.reason,
                }
                for each in found.violations
            ],
            "unverified": [_as_json(each.rule) | {"reason": each.reason} for each in found.unverified],
            "stopped_at": found.stopped_at,
            "reason": found.reason,
        }


def verify(start_at: str) -> Verified:
    """Ask the rules of all tables, or of those from `start_at` on, about the rows.

    Raises MessengerError where there is no table, and for a `start_at` that is none.
    """
    target = current_target()
    with closing(target.connect()) as connection:
        try:
            verification = Verification(connection)
        except psycopg2.Error as error:
            raise MessengerError(f"the rules of {target} cannot be read: {reason_of(error)}") from None
        names = [each.table.name for each in verification.rules]
        if not names:
            raise MessengerError(
                f"{target} has no tables to verify: make db-up creates them; for another schema, set ?schema="
            )
        if start_at and start_at not in names:
            raise MessengerError(f"START_AT={start_at} is not a table of {target}: take one of {', '.join(names)}")
        with closing(_Shown()) as progress:
            verification.run(start_at, progress)
    return Verified(str(target), verification.findings)


class _Shown:
    """The progress on stderr: a line for each table, and on a terminal the rule that is asked.

    Elsewhere a quick run says nothing, and a longer one the rule at times as well.
    """

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._begun = self._told = time.monotonic()
        self._lines: list[str] = []

    def step(self, rule: Rule, share: float) -> None:
        """Show the rule that is asked next, and which share of the pages was read before it."""
        line = printable(f"{share:4.0%} {_name(rule)} ...")
        if self._is_terminal:
            sys.stderr.write(f"\r{line}\x1b[K")
            sys.stderr.flush()
        elif time.monotonic() - self._told > SECONDS_BETWEEN_LINES:
            self._tell(line)

    def table(self, table: VerifiedTable, broken: Sequence[Rule], unverified: Sequence[Rule]) -> None:
        """Tell what there is to say of a table whose rules were all asked."""
        rows = "" if table.rows is None else f" over {table.rows:,} rows"
        states = [
            f"{state}: {', '.join(rule.name for rule in rules)}"
            for state, rules in (("broken", broken), ("not verified", unverified))
            if rules
        ]
        now = time.monotonic()
        line = "; ".join([f"{table.name}: {_rules(table.rules)}{rows} in {now - self._begun:.1f} s", *states])
        self._begun = now
        if self._is_terminal or now - self._told > SECONDS_BETWEEN_LINES:
            self._tell(printable(line))
        else:
            self._lines.append(printable(line))

    def close(self) -> None:
        """Leave no line half written."""
        if self._is_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _tell(self, line: str) -> None:
        self.close()
        print(*self._lines, line, sep="\n", file=sys.stderr, flush=True)
        self._lines = []
        self._told = time.monotonic()


def _line(rule: Rule, breaks: Breaks) -> str:
    keys = [
        ", ".join(f"{column}={value}" for column, value in zip(breaks.columns, values, strict=True))
        for values in breaks.first
    ]
    break_ = "1 row breaks" if breaks.rows == 1 else f"{breaks.rows:,} rows break"
    more = "; ..." if breaks.rows > len(keys) else ""
    return f"{_name(rule)}: {break_} {rule.definition.rstrip('.')}; {'; '.join(keys)}{more}"


def _name(rule: Rule) -> str:
    return f"{rule.table.name}.{rule.name}"


def _rules(count: int) -> str:
    return "1 rule" if count == 1 else f"{count} rules"


def _as_json(rule: Rule) -> dict[str, str]:
    return {"table": rule.table.name, "kind": rule.kind, "rule": rule.name, "definition": rule.definition}
