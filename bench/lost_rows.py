"""How many rows the embedded server keeps of those that it acknowledged, after what can happen to it.

While rows are inserted one by one, the server is killed, frozen by a signal or hidden from the commands of the
workflow, which must neither start a second server on the same data nor delete what the first one needs. A round is one
such event; then the server is started afresh and the rows are counted.

Run: .venv/bin/python -m bench.lost_rows [ROUNDS]   (50 of each by default; about ten minutes)
"""

import sys

# The same rounds as in tests/server, only more of them.
from server.faults import FAULTS, command, count, missing
from workflow.checkouts import new_checkout

ROUNDS = 50


def main() -> None:
    """Measure, and print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print("| the server | rounds | as they should be | acknowledged | kept | lost |\n|---|---|---|---|---|---|")
    for name, fault in FAULTS.items():
        if fault.prefix and (reason := missing(fault.prefix)):
            print(f"| {name} | left out: {reason} |")
            continue
        with new_checkout() as checkout:
            command(checkout, "up")
            rows = count(checkout, fault, rounds)
        for said in rows.wrong:
            print(f"{name}: {said}", file=sys.stderr, flush=True)
        lost = rows.acknowledged - rows.kept
        print(
            f"| {name} | {rounds} | {rounds - len(rows.wrong)} | {rows.acknowledged} | {rows.kept} | {lost} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
