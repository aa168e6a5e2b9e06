"""Which rule refused a row, by a driver's error: on one server, and on a cluster whose nodes say it in other words."""

import re
from typing import Any

from messenger_db.retry import sqlstate

# Citus hands on what a node says, without the fields, and some of it as an internal error. The node names its shard:
# new row for relation "messages_102032" violates check constraint "messages_content_length".
_SAID = re.compile(r'(?:null value in column|[^:]*? violates [a-z- ]*(?:constraint|trigger)) "([^"]+)"')
_SHARD = re.compile(r"_\d{6,}$")
_INTEGRITY, _INTERNAL = "23", "XX000"


def violated_rule(error: BaseException) -> str | None:
    """Return the constraint, unique index or trigger that refused a row, or the column that cannot be NULL.

    The error is one of psycopg, psycopg2 or asyncpg. None where no rule was violated. Of an error that came through
    Citus, the name is read from its text, which the nodes must write in English (lc_messages).
    """
    fields: Any = getattr(error, "diag", error)
    if name := getattr(fields, "constraint_name", None) or getattr(fields, "column_name", None):
        return str(name)
    state = sqlstate(error) or ""
    if not state.startswith(_INTEGRITY) and state != _INTERNAL:
        return None
    said = _SAID.match(getattr(fields, "message_primary", None) or str(error))
    return _SHARD.sub("", said[1]) if said else None
