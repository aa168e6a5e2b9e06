"""The embedded server's processes."""

import psutil
from workflow.checkouts import Checkout


def postmaster(checkout: Checkout) -> psutil.Process:
    """Return the process that the others of the server come from."""
    return psutil.Process(int((checkout.server_home / "data" / "postmaster.pid").read_text().split()[0]))
