"""The studio's pages: the tables, the rows of one, and a row with all that it points to and that points to it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

import psycopg2
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from psycopg2.errors import QueryCanceled
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from messenger_db.errors import MessengerError, details_of, reason_of
from messenger_db.studio.studio_rows import (
    CELL_CHARACTERS,
    LONGEST_STATEMENT,
    MOST_COUNTED,
    OPERATORS,
    PAGE_ROWS,
    Asked,
    Filter,
    Row,
    Rows,
    UnknownError,
    Values,
)
from messenger_db.studio.studio_tables import Key, Table, identified_by

FOLDER = Path(__file__).parent
ASSETS = ("studio.css", "studio.js")
LAST_SENDS = 30
CHANGED = "The row has changed meanwhile: this is what it is now."

UUID_CHARACTERS = 36
SECOND = len("2026-11-26 18:00:00")


@dataclass(frozen=True)
class Cell:
    """A value: what is shown of it, what it is as a whole, and the address and the name of the row it stands for."""

    text: str | None
    whole: str
    href: str = ""
    name: str = ""


class Studio:
    """The pages, over the rows of a database."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {
            "operators": OPERATORS,
            "page_rows": PAGE_ROWS,
            "most_counted": MOST_COUNTED,
            "list_address": list_address,
            "row_address": row_address,
            "table_address": lambda table: list_address(Asked(table)),
            "new_address": new_address,
        }
        self._template = environment.get_template("studio.html.jinja")

    def application(self) -> Starlette:
        """Return what answers requests that a Guard has let through."""
        changes = [
            Route("/new/{table:path}", self.new, methods=["GET"]),
            Route("/new/{table:path}", self.insert, methods=["POST"]),
            Route("/row/{table:path}", self.change, methods=["POST"]),
        ]
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/last-sends", self.last_sends),
                Route("/assets/{name}", self.asset),
                Route("/table/{table:path}", self.browse),
                Route("/row/{table:path}", self.row),
                *(changes if self.rows.writes else []),
            ],
            exception_handlers={
                UnknownError: self._refuse(404, str),
                MessengerError: self._refuse(503, lambda error: str(error).removeprefix("messenger-db: ")),
                psycopg2.Error: self._refuse(400, line_of),
                psycopg2.OperationalError: self._refuse(503, line_of),
                QueryCanceled: self._refuse(504, line_of),
            },
        )

    def home(self, request: Request) -> Response:
        """Show all tables."""
        self.rows.refresh()
        return self._show(request, "tables", "Tables")

    def asset(self, request: Request) -> Response:
        """Return a file that the pages use."""
        name = request.path_params["name"]
        if name not in ASSETS:
            raise UnknownError("there is no such file")
        return FileResponse(FOLDER / name)

    def last_sends(self, request: Request) -> Response:
        """Show the last messages; the page asks for itself again and again."""
        return self._show(request, "last sends", "Last sends", sends=self.rows.last_sends(LAST_SENDS))

    def browse(self, request: Request) -> Response:
        """Show rows of a table."""
        table = self._table(request)
        asked = asked_of(table, request.query_params)
        page = self.rows.page(asked)
        names = self.rows.names(table, page.rows)
        shown = [
            (
                row_address(table, _key(table, row)),
                {name: self._cell(table, name, row[name], names) for name in table.columns},
            )
            for row in page.rows
        ]
        return self._show(request, "list", table.name, table=table, asked=asked, page=page, shown=shown)

    def row(self, request: Request) -> Response:
        """Show a row."""
        return self._show_row(request)

    def new(self, request: Request) -> Response:
        """Show an empty row, to be inserted."""
        return self._show(request, "new", "New row", table=self._table(request), given={}, problem="")

    async def insert(self, request: Request) -> Response:
        """Insert a row; what is left empty gets its default."""
        form = await _form(request)
        return await run_in_threadpool(self._insert, request, form)

    def _insert(self, request: Request, form: dict[str, str]) -> Response:
        table = self._table(request)
        given = {name: text for name, text in _texts(table, form).items() if text}
        if not given:
            return self._show(request, "new", "New row", 400, table=table, given={}, problem="A new row needs a value.")
        try:
            key = self.rows.insert(table, given)
        except (psycopg2.Error, UnknownError) as error:
            return self._show(request, "new", "New row", 400, table=table, given=given, problem=line_of(error))
        return RedirectResponse(row_address(table, key), 303)

    async def change(self, request: Request) -> Response:
        """Change a row, or delete it."""
        form = await _form(request)
        return await run_in_threadpool(self._change, request, form)

    def _change(self, request: Request, form: dict[str, str]) -> Response:
        table = self._table(request)
        key, version = _given_key(table, request), form.get("version", "")
        given = _texts(table, form)
        try:
            if "delete" in form:
                done = self.rows.delete(table, key, version)
                address = list_address(Asked(table))
            else:
                row = self.rows.row(table, key)
                changed = {name: text for name, text in given.items() if text != _as_sent(row[name])}
                done = not changed or self.rows.update(table, key, changed, version)
                address = row_address(table, {name: given.get(name, text) for name, text in key.items()})
        except (psycopg2.Error, UnknownError) as error:
            return self._show_row(request, given, line_of(error), 400)
        if not done:
            return self._show_row(request, None, CHANGED, 409)
        return RedirectResponse(address, 303)

    def _show_row(
        self, request: Request, given: Values | None = None, problem: str = "", status: int = 200
    ) -> Response:
        table = self._table(request)
        key = _given_key(table, request)
        row = self.rows.row(table, key)
        names = self.rows.names(table, [row])
        cells = {name: self._cell(table, name, row[name], names) for name in table.columns}
        references = [
            (key, self._followed(key, [row[name] for name in key.columns]))
            for key in table.references
            if all(row[name] is not None for name in key.columns)
        ]
        referenced_by = [
            (key, filtered_address(self.rows.tables[key.source], values), number)
            for key, values, number in self.rows.counts(table, row)
        ]
        return self._show(
            request,
            "row",
            f"A row of {table.name}",
            status,
            table=table,
            row=row,
            cells=cells,
            address=row_address(table, key),
            references=references,
            referenced_by=referenced_by,
            given=row if given is None else given,
            problem=problem,
        )

    def _followed(self, key: Key, values: Iterable[str]) -> str:
        """Return the address of the row that a foreign key leads to."""
        target = self.rows.tables[key.target]
        pairs = dict(zip(key.target_columns, values, strict=True))
        if set(target.primary_key) <= pairs.keys():
            return row_address(target, {name: pairs[name] for name in target.primary_key})
        return filtered_address(target, pairs)

    def _table(self, request: Request) -> Table:
        name = request.path_params["table"]
        if name not in self.rows.tables:
            raise UnknownError(f"there is no table {name}")
        return self.rows.tables[name]

    def _cell(self, table: Table, column: str, value: str | None, names: dict[tuple[str, str], str]) -> Cell:
        if value is None:
            return Cell(None, "")
        type_ = table.columns[column].type
        text = value if len(value) <= CELL_CHARACTERS else f"{value[:CELL_CHARACTERS]}…"
        if type_ == "uuid" and len(value) == UUID_CHARACTERS:
            text = f"{value[:8]}…{value[-4:]}"
        elif type_.startswith("timestamp"):
            text = value[:SECOND]
        if table.primary_key == (column,):
            return Cell(text, value, row_address(table, {column: value}))
        if target := identified_by(self.rows.tables, table.name, column):
            address = row_address(target, {target.primary_key[0]: value})
            return Cell(text, value, address, names.get((target.name, value), ""))
        return Cell(text, value)

    def _show(self, request: Request, view: str, title: str, status: int = 200, **values: Any) -> Response:
        values |= {
            "view": view,
            "title": title,
            "path": request.url.path,
            "tables": list(self.rows.tables.values()),
            "messages": self.rows.tables.get("messages"),
            "chats": self.rows.tables.get("chats"),
            "writes": self.rows.writes,
            "database": str(self.rows.target),
        }
        return HTMLResponse(self._template.render(values), status)

    def _refuse(self, status: int, line: Callable[[Exception], str]) -> Callable[[Request, Exception], Response]:
        return lambda request, error: self._show(request, "error", "Not shown", status, problem=line(error))


def line_of(error: Exception) -> str:
    """Return what to tell a person about an error, without the values of whole rows."""
    if isinstance(error, QueryCanceled):
        return f"That took longer than {LONGEST_STATEMENT}, and was given up: filter or sort by an indexed column."
    if isinstance(error, psycopg2.Error):
        return "\n".join([reason_of(error), *details_of(error)])
    return str(error)


def asked_of(table: Table, query: QueryParams) -> Asked:
    """Return what an address asks for. Raises UnknownError for a column or an operator that there is not."""
    columns, operators, values = query.getlist("c"), query.getlist("o"), query.getlist("v")
    if not len(columns) == len(operators) == len(values):
        raise UnknownError("a filter is a column (c), an operator (o) and a value (v)")
    given = zip(columns, operators, values, strict=True)
    filters = [Filter(column, operator, value) for column, operator, value in given if column]
    sort = query.get("sort", "")
    for name in [*(one.column for one in filters), *([sort] if sort else [])]:
        if name not in table.columns:
            raise UnknownError(f"{table.name} has no column {name} to show")
    for one in filters:
        if one.operator not in OPERATORS:
            raise UnknownError(f"there is no operator {one.operator}")
    return Asked(
        table,
        filters,
        sort,
        query.get("order") != "asc",
        query.get("after", ""),
        query.get("before", ""),
    )


def list_address(asked: Asked, **changes: Any) -> str:
    """Return the address of a part of a table, with changes of what is asked for; these begin at its first page."""
    asked = replace(asked, **{"after": "", "before": ""} | changes)
    pairs = [pair for one in asked.filters for pair in (("c", one.column), ("o", one.operator), ("v", one.value))]
    if asked.sort or not asked.descending:
        pairs += [("sort", asked.sort), ("order", "desc" if asked.descending else "asc")]
    pairs += [(name, place) for name, place in (("after", asked.after), ("before", asked.before)) if place]
    return _address("table", asked.table, pairs)


def filtered_address(table: Table, values: Values) -> str:
    """Return the address of the rows of a table that have these values."""
    filters = [Filter(name, "eq", value) for name, value in values.items() if value is not None]
    return list_address(Asked(table, filters))


def row_address(table: Table, key: Values) -> str:
    """Return the address of a row."""
    return _address("row", table, key.items())


def new_address(table: Table) -> str:
    """Return the address of a row to be inserted."""
    return _address("new", table, [])


def _address(kind: str, table: Table, pairs: Iterable[tuple[str, str | None]]) -> str:
    query = urlencode(list(pairs))
    return f"/{kind}/{quote(table.name, safe='')}{'?' if query else ''}{query}"


def _key(table: Table, row: Row) -> dict[str, str]:
    return {name: row[name] for name in table.primary_key}


def _given_key(table: Table, request: Request) -> dict[str, str]:
    if not set(table.primary_key) <= request.query_params.keys():
        raise UnknownError(f"a row of {table.name} is named by {', '.join(table.primary_key)}")
    return {name: request.query_params[name] for name in table.primary_key}


async def _form(request: Request) -> dict[str, str]:
    form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in form.items()}


def _texts(table: Table, form: dict[str, str]) -> dict[str, str | None]:
    """Return what a form says of the columns: an empty field is NULL where its box is ticked, else an empty text."""
    return {
        name: _as_sent(form[f"value {name}"]) or (None if f"null {name}" in form else "")
        for name, column in table.columns.items()
        if column.is_writable and f"value {name}" in form
    }


def _as_sent(text: str | None) -> str | None:
    """Return a text with the line breaks of the database: a browser sends others."""
    return text if text is None else text.replace("\r\n", "\n")
