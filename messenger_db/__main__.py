"""`python -m messenger_db` is the command `messenger-db`."""

from messenger_db.cli import main

if __name__ == "__main__":
    main()
