"""What runs on a server needs no grammar."""

import subprocess
import sys


def test_neither_yoyo_nor_the_fixtures_import_pglast() -> None:
    program = "import sys, messenger_db.backend, messenger_db.pytest_plugin; sys.exit('pglast' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
