"""What goes wrong, in one line for a person."""


class MessengerError(SystemExit):
    """One line that says what is wrong, with what, and what to do next.

    It is a SystemExit because yoyo's command catches nothing: Python itself then prints the line, without a traceback,
    and ends with exit status 1.
    """

    def __init__(self, line: str) -> None:
        super().__init__(f"messenger-db: {line}")
