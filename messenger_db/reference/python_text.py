"""Python as ruff formats it, for the modules that make docs writes."""

WIDTH = 120


def call(head: str, arguments: list[str], indent: int) -> str:
    """Return a call, in one line where it fits behind `indent` spaces and with a comma after it."""
    line = f"{head}({', '.join(arguments)})"
    if indent + len(line) <= WIDTH - 1:
        return line
    space = " " * (indent + 4)
    return f"{head}(\n" + "".join(f"{space}{argument},\n" for argument in arguments) + f"{' ' * indent})"


def quoted(text: str) -> str:
    """Return a text as a literal of Python."""
    quote = "'" if '"' in text and "'" not in text else '"'
    return quote + text.replace("\\", r"\\").replace(quote, f"\\{quote}").replace("\n", r"\n") + quote
