"""Whether each backfill reaches every row, also those written while it runs, and migrations need it in the right order.

The statement goes by the keys in `batch`, those of the next rows; the cursor moves in the same transaction.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from pglast.enums import SubLinkType

from messenger_db.backfilling.backfill_files import DIRECTIVES, FOLDER, beside, directives, header_lines, needs
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder, read
from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.parse import Statement
from messenger_db.sql_analysis.schema_changes import state_after
from messenger_db.sql_analysis.schema_state import INSERT, Column, SchemaState, Table, columns_in
from messenger_db.validation import encoding, schema_names, syntax, waivers
from messenger_db.validation.refusal import Problem, Refusal

BACKFILL_NAME = Refusal(
    "backfill-name",
    "A migration names a backfill by its number, and a file with another name is never run.",
    "name it NNNN_name.sql (lower-case letters, digits, underscores), with a number of its own",
)
BACKFILL_HEADER = Refusal(
    "backfill-header",
    "The header says which rows are changed, by which key, after which migration, and what covers the rows that are"
    " written while the backfill runs.",
    "write the lines -- depends:, -- table:, -- key: and -- covered: before the statement",
)
BACKFILL_STATEMENT = Refusal(
    "backfill-statement",
    "Each batch runs the statement in one transaction with the cursor.",
    "write one UPDATE, INSERT, DELETE or MERGE",
)
BACKFILL_KEY = Refusal(
    "backfill-key",
    "Only the primary key puts all rows in an order that finds each of them once.",
    "write the columns of the primary key into -- key:, in its order",
)
BACKFILL_BATCH = Refusal(
    "backfill-batch",
    "Without the keys of the batch, the statement changes the whole table at once, and does so for each batch.",
    "join batch by all columns of the key, as in FROM batch WHERE messages.id = batch.id",
)
BACKFILL_NOT_COVERED = Refusal(
    "backfill-not-covered",
    "A row that is inserted or updated after the cursor has passed is not filled any more.",
    "cover it by a default, by a trigger for each row, or by a release of the application that writes both",
)
BACKFILL_READS_ITSELF = Refusal(
    "backfill-reads-itself",
    "A row that is written while the backfill runs is covered, and can be filled after that: a value that is made from"
    " itself would then be changed twice.",
    "compute the value from other columns",
    is_waivable=True,
)
BACKFILL_NEEDED = Refusal(
    "backfill-needed",
    "A migration that needs a backfill is refused until it is complete, which it can be only before that migration.",
    "write -- needs: backfill NNNN in the header of a migration after the one that the backfill depends on",
)

COVERED = re.compile(r"default|(trigger|application) \S+")
NEEDS = re.compile(r"--\s*needs\b", re.IGNORECASE)

OWN = (
    BACKFILL_NAME,
    BACKFILL_HEADER,
    BACKFILL_STATEMENT,
    BACKFILL_KEY,
    BACKFILL_BATCH,
    BACKFILL_NOT_COVERED,
    BACKFILL_READS_ITSELF,
    *(value for value in vars(schema_names).values() if isinstance(value, Refusal)),
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find what is wrong with the backfills beside the migrations, and with the migrations that need them."""
    path = beside(folder.path)
    backfills = _read(path) if path.is_dir() else MigrationFolder(path, [], {}, {})
    yield from _needed(folder, backfills)
    found = {*_names(backfills), *(problem for file in backfills.parsed for problem in _backfill(file, folder))}
    for module in (encoding, syntax, schema_names):
        found.update(module.check(backfills))
    yield from waivers.apply(backfills, found, {refusal.id: refusal for refusal in OWN})


def _read(path: Path) -> MigrationFolder:
    """Return the backfills of a folder, as files whose names say which folder they are in."""
    folder = read(path)
    forwards = {id_: replace(file, file=f"{FOLDER}/{file.file}") for id_, file in folder.forwards.items()}
    strangers = [*folder.strangers, *(file.file for file in folder.rollbacks.values())]
    return MigrationFolder(path, strangers, forwards, {})


def _names(backfills: MigrationFolder) -> Iterator[Problem]:
    for name in backfills.strangers:
        yield BACKFILL_NAME.at(f"{FOLDER}/{name}", 0, "is not a backfill")
    numbers: dict[str, str] = {}
    for id_, file in backfills.forwards.items():
        if id_[:4] in numbers:
            yield BACKFILL_NAME.at(file.file, 0, f"has the number of {numbers[id_[:4]]}.sql")
        numbers.setdefault(id_[:4], id_)


def _backfill(file: MigrationFile, migrations: MigrationFolder) -> Iterator[Problem]:
    found = directives(file.text)
    missing = [name for name in DIRECTIVES if not found.get(name)]
    if missing:
        yield BACKFILL_HEADER.at(file.file, 0, f"has no line -- {missing[0]}:")
        return
    if found["depends"] not in migrations.forwards:
        yield BACKFILL_HEADER.at(file.file, 0, f"depends on {found['depends']}, which is not a migration here")
        return
    if not COVERED.fullmatch(found["covered"]):
        cure = "write default, trigger NAME, or application RELEASE"
        yield BACKFILL_HEADER.at(file.file, 0, f"-- covered: {found['covered']} says not how", cure)
        return
    if len(file.statements) != 1 or not isinstance(
        file.statements[0].node, ast.UpdateStmt | ast.InsertStmt | ast.DeleteStmt | ast.MergeStmt
    ):
        yield BACKFILL_STATEMENT.at(file.file, 0, "is not one statement that changes rows")
        return
    (statement,) = file.statements
    state = _state(file, migrations)
    table, primary_key = state.tables.get(found["table"]), state.primary_key(found["table"])
    key = tuple(column.strip() for column in found["key"].split(","))
    if not table or primary_key != key:
        own = f"whose primary key is {', '.join(primary_key) or 'missing'}" if table else "which no migration creates"
        yield BACKFILL_KEY.at(file.file, 0, f"goes by {', '.join(key)} of {found['table']}, {own}")
        return
    if left := [column for column in key if column not in _joined(statement)]:
        yield BACKFILL_BATCH.at(file.file, statement.line, f"does not join batch by {', '.join(left)}")
    yield from _covered(file, statement, found, table, key)


def _state(file: MigrationFile, migrations: MigrationFolder) -> SchemaState:
    """Return the schema before the first migration that needs the backfill: it can drop what covers."""
    number = file.id[:4]
    before = takewhile(
        lambda migration: number not in needs(migrations.path / migration.file), migrations.forwards.values()
    )
    return state_after(before)


def _joined(statement: Statement) -> set[str]:
    """Return the columns by which the statement joins batch."""
    return {column for node in statement.nodes for column in _joined_by(node)}


def _joined_by(node: Node) -> Iterator[str]:
    match node:
        case ast.A_Expr(name=(ast.String(sval="="),)):
            for left, right in zip(_columns(node.lexpr), _columns(node.rexpr), strict=False):
                if left and right and left[-1] == right[-1] and (left[0] == "batch") != (right[0] == "batch"):
                    yield left[-1]
        case ast.JoinExpr(usingClause=(_, *_) as columns):
            if any(isinstance(side, ast.RangeVar) and side.relname == "batch" for side in (node.larg, node.rarg)):
                yield from (column.sval for column in columns)
        case ast.SubLink(
            subLinkType=SubLinkType.ANY_SUBLINK, subselect=ast.SelectStmt(fromClause=(ast.RangeVar(relname="batch"),))
        ):
            selected = [_columns(target.val) for target in node.subselect.targetList]
            for left, right in zip(
                _columns(node.testexpr), (names for name in selected for names in name), strict=False
            ):
                if left and right and left[-1] == right[-1]:
                    yield left[-1]


def _columns(node: Node) -> list[list[str]]:
    """Return the parts of the names of a column, or of a row of columns; an empty one for anything else."""
    if isinstance(node, ast.RowExpr):
        return [names for argument in node.args for names in _columns(argument)]
    return [words(node.fields) if isinstance(node, ast.ColumnRef) else []]


def _covered(
    file: MigrationFile, statement: Statement, found: dict[str, str], table: Table, key: tuple[str, ...]
) -> Iterator[Problem]:
    is_own = isinstance(statement.node, ast.UpdateStmt) and statement.node.relation.relname == found["table"]
    own = table.columns.keys() - set(key)
    written = {target.name: columns_in(target.val) & own for target in statement.node.targetList} if is_own else {}
    for column in (column for column, sources in written.items() if column in sources):
        yield BACKFILL_READS_ITSELF.at(file.file, statement.line, f"makes {column} from itself")
    kind, _, name = found["covered"].partition(" ")
    sources = {source for sources in written.values() for source in sources} - written.keys()
    wrong = None
    if kind == "default" and not written:
        wrong = "a default covers what an UPDATE of the same table sets, and nothing else"
    elif kind == "default" and (
        without := [column for column in written if not table.columns.get(column, Column()).default]
    ):
        wrong = f"{without[0]} has no default"
    elif kind == "default" and sources:
        wrong = f"a default does not cover a value that is computed from {', '.join(sorted(sources))}"
    elif kind == "trigger":
        trigger = table.triggers.get(name)
        if not trigger:
            wrong = f"{found['table']} has no trigger {name} for each row"
        elif not trigger.events & INSERT:
            wrong = f"the trigger {name} does not fire for INSERT"
        elif sources and not trigger.fires_for_update_of(sources):
            wrong = f"the trigger {name} does not fire for UPDATE of {', '.join(sorted(sources))}"
    if wrong:
        yield BACKFILL_NOT_COVERED.at(file.file, statement.line, wrong)


def _needed(folder: MigrationFolder, backfills: MigrationFolder) -> Iterator[Problem]:
    """Find what a migration says it needs and does not get."""
    for migration in folder.forwards.values():
        header = header_lines(migration.text)
        named = needs(folder.path / migration.file)
        if sum(bool(NEEDS.match(line)) for line in header) != len(named):
            yield BACKFILL_NEEDED.at(migration.file, 0, "cannot be read: needs is followed by backfill and its number")
        for number in named:
            backfill = next((file for id_, file in backfills.forwards.items() if id_[:4] == number), None)
            if not backfill:
                yield BACKFILL_NEEDED.at(migration.file, 0, f"needs backfill {number}, which is not in {FOLDER}/")
            elif directives(backfill.text).get("depends", "") >= migration.id:
                yield BACKFILL_NEEDED.at(migration.file, 0, f"needs {backfill.id}, which depends on it or a later one")
    for file in folder.parsed:
        for comment in file.comments:
            is_seen = not file.is_rollback and comment.text.strip() in header_lines(file.text)
            if NEEDS.match(comment.text) and not is_seen:
                yield BACKFILL_NEEDED.at(file.file, comment.line, "is seen only in the header of a forward file")
