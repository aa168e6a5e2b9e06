"""The sends as functions that Citus runs on the node of the chat, made of the statements of the hot paths.

Citus plans no INSERT within a WITH for one shard: it runs each part by itself from the coordinator, and keeps what
that returns in between. A function that is distributed runs on the node, part by part.
"""

import re

from messenger_db.hot_paths import HotPath, hot_path

SENDS = ("send_message", "send_images", "send_system_message")

_PART = re.compile(r"^(?:WITH )?(\w+) AS (?:MATERIALIZED )?\(\n(.*?)^\),?$", re.MULTILINE | re.DOTALL)
_INSERT = re.compile(
    r"(?P<into>    INSERT INTO .*?^    \)\n|    INSERT INTO [^\n]*\n)"
    r"    SELECT(?P<values>.*?)(?P<source>^    (?:FROM|WHERE)\b.*?)"
    r"(?P<conflict>^    ON CONFLICT.*?)?(?P<returning>^    RETURNING.*)?\Z",
    re.MULTILINE | re.DOTALL,
)
# A first send has no earlier receipts to look for.
_REPEATED = "EXISTS (SELECT FROM message WHERE NOT is_new)"
_EARLIER = re.compile(r"\n +UNION ALL\n.*?(?=\n    \) AS recipients)", re.DOTALL)
_PARAMETER = re.compile(r"\b(\w+) (uuid|text|jsonb)\b")
# What the parts hand on to one another, by the names of their columns.
_TYPES = {"type": "text", "created_at": "timestamptz", "is_new": "boolean"}


def statements(schema: str, tables: str, *, sharded: bool) -> list[str]:
    """Return the statements that make the functions in a schema of their own; `tables` is the schema of the tables.

    Both are identifiers, quoted where they must be. Next to the tables, make db-check would not know the functions.
    """
    made = [f"CREATE SCHEMA IF NOT EXISTS {schema}"]
    for path in (hot_path(name, sharded=sharded) for name in SENDS):
        types = dict(_PARAMETER.findall(path.fields["Parameters"]))
        signature = f"{schema}.{path.name}({', '.join(types[name] for name in path.parameters)})"
        # A tenant's tables have one shard each.
        shard = f", '${path.parameters.index('chat_id') + 1}'" if sharded else ""
        quoted, messages = (text.replace("'", "''") for text in (signature, f"{tables}.messages"))
        made += [
            f"CREATE OR REPLACE FUNCTION {signature}\n{_definition(path, tables)}",
            f"SELECT create_distributed_function('{quoted}'{shard}, colocate_with := '{messages}')",
        ]
    return made


def _definition(path: HotPath, tables: str) -> str:
    """Return what the function answers, and its body: a statement for each part of the hot path, one after another."""
    statement = path.for_psycopg % {name: f"${number}" for number, name in enumerate(path.parameters, start=1)}
    parts = {name: (body, _columns(body)) for name, body in _PART.findall(statement)}
    answer = statement[statement.rindex("\nSELECT\n") + 1 :].rstrip().rstrip(";")
    lines = [
        "RETURNS TABLE (outcome text, message_id uuid, created_at timestamptz, recipients uuid[])",
        "LANGUAGE plpgsql",
        f"SET search_path = {tables}",
        "AS $send$",
        "#variable_conflict use_column",
        "DECLARE",
        "    _row record;",
        *(
            f"    _{name}_{column} {_TYPES.get(column, 'uuid')}[];"
            for name, (_, columns) in parts.items()
            for column in columns
        ),
        "BEGIN",
        *(_run(name, _resolved(body, parts), columns) for name, (body, columns) in parts.items()),
        f"IF {_resolved(_REPEATED, parts)} THEN",
        f"RETURN QUERY {_resolved(answer, parts)};",
        "ELSE",
        f"RETURN QUERY {_resolved(_EARLIER.sub('', answer), parts)};",
        "END IF;",
        "END;",
        "$send$",
    ]
    return "\n".join(lines)


def _columns(body: str) -> list[str]:
    """Return the names of what a part returns: its SELECT or RETURNING list, a column a line."""
    listed = re.search(
        r"^    (?:SELECT|RETURNING)(.*?)(?=^    [A-Z]|\Z)", body[_start(body) :], re.MULTILINE | re.DOTALL
    )
    columns = listed[1].replace("\n", " ").split(",") if listed else []
    return [re.split(r"[. ]", column.strip())[-1] for column in columns]


def _start(body: str) -> int:
    """Return where to look: an INSERT returns what RETURNING says, and not what it selects."""
    if not body.startswith("    INSERT"):
        return 0
    found = body.find("\n    RETURNING")
    return found + 1 if found >= 0 else len(body)


def _run(name: str, body: str, columns: list[str]) -> str:
    """Return the statements of a part, in the forms of INSERT that Citus takes to the shard at once."""
    insert = _INSERT.match(body)
    keep = " ".join(f"_{name}_{column} := _{name}_{column} || _row.{column};" for column in columns)
    if not insert or not columns:
        return f"FOR _row IN\n{body}LOOP\n    {keep}\nEND LOOP;" if columns else f"{body.rstrip()};"
    if insert["conflict"]:
        # One row, if there is one to select.
        values = f"{insert['into']}    VALUES ({insert['values'].strip()})\n{insert['conflict']}{insert['returning']}"
        loop = f"FOR _row IN\n{values}LOOP\n    {keep}\nEND LOOP;"
        return f"IF EXISTS (\n    SELECT\n{insert['source']}) THEN\n{loop}\nEND IF;"
    # What is inserted is what it returns, without the rows that Citus would keep in between.
    return "\n".join(
        [
            "FOR _row IN",
            "    SELECT * FROM (",
            f"    SELECT{insert['values']}{insert['source']}    ) AS part ({', '.join(columns)})",
            f"LOOP\n    {keep}\nEND LOOP;",
            f"{insert['into']}    SELECT * FROM",
            f"    unnest({', '.join(f'_{name}_{column}' for column in columns)});",
        ]
    )


def _resolved(text: str, parts: dict[str, tuple[str, list[str]]]) -> str:
    """Return a part that reads the variables of the others in their place."""
    for name, (_, columns) in parts.items():
        rows = f"unnest({', '.join(f'_{name}_{column}' for column in columns)}) AS {name} ({', '.join(columns)})"
        text = re.sub(rf"\b(FROM|JOIN) {name}\b", rf"\1 {rows}", text)
    return text
