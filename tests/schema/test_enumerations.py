"""An enumeration takes its own values alone: none of another's, and none in capitals."""

import psycopg
import pytest
from psycopg.errors import CheckViolation

from .cases import TABLES
from .cases.table import Table
from .cases.world import insert

VALUES = {str(value) for table in TABLES for values in table.enumerations.values() for value in values}
ENUMERATIONS = [
    pytest.param(table, column, id=f"{table.name}_{column}_valid") for table in TABLES for column in table.enumerations
]


@pytest.mark.parametrize(("table", "column"), ENUMERATIONS)
def test_it_refuses_other_values(world: psycopg.Connection, table: Table, column: str) -> None:
    own = table.enumerations[column]
    for value in sorted({*VALUES, *(str(value).upper() for value in own)} - own):
        with pytest.raises(CheckViolation) as error, world.transaction():
            insert(world, table.name, table.valid | {column: value})
        assert error.value.diag.constraint_name == f"{table.name}_{column}_valid"
