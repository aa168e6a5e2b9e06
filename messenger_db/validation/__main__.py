"""make validate: check the migrations of the checkout."""

import sys

from messenger_db.process_exit import end_plainly

if __name__ == "__main__":
    end_plainly()  # before the other imports, which take a while: Ctrl-C is not an error then either

from messenger_db.folders import migrations_folder
from messenger_db.validation.checks import run

if __name__ == "__main__":
    sys.exit(run(migrations_folder()))
