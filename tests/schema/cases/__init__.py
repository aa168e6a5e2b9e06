"""The cases of all tables, written by hand: what each rule must refuse, and the nearest that must pass.

Each table has a module of its name, with a Table.
"""

from importlib import import_module
from pkgutil import iter_modules

from .table import Table

TABLES = [
    value
    for module in iter_modules(__path__)
    for value in vars(import_module(f"{__name__}.{module.name}")).values()
    if isinstance(value, Table)
]
