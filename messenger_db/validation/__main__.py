"""make validate: check the migrations of the checkout."""

import sys

from messenger_db.project import migrations_folder
from messenger_db.validation.checks import run

if __name__ == "__main__":
    sys.exit(run(migrations_folder()))
