"""Measurements of the package, each a module: `python -m bench.hot_paths`.

They use the tests' helpers, whose packages are found in tests/ as pytest finds them.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

sys.path.insert(0, str(ROOT / "tests"))
