"""The load of make bench: what a connection calls is what pgbench's log is taken for."""

from collections import Counter

import psycopg

from bench.layouts import LAYOUTS
from bench.load import Mix
from bench.pgbench import Pace, Script, Transaction, run

MIX = Mix([(2, 65, 2), (10, 27, 10), (50, 7, 50), (300, 1, 299)])


def test_the_mix_is_drawn_by_its_weights() -> None:
    drawn = Counter(MIX.kind(Transaction(3, number, 0, 1.0, 0.0)) for number in range(MIX.total))
    assert drawn == {(name, size): weight for name, size, weight in MIX.kinds}


def test_pgbench_draws_what_the_log_is_taken_for(postgresql: psycopg.Connection) -> None:
    postgresql.execute("CREATE TABLE drawn (client integer, number integer, path integer, size integer)")
    postgresql.commit()
    insert = "INSERT INTO drawn VALUES (:client_id, :n, :path, :size);"
    url = f"{postgresql.info.dsn} password={postgresql.info.password}"
    done = run(url, [Script("\n".join([*MIX.draw(), insert, ""]))], {"n": 0}, Pace(clients=2, seconds=1))
    rows = postgresql.execute("SELECT client, number, path, size FROM drawn").fetchall()
    assert sorted((one.client, one.number) for one in done) == sorted((client, number) for client, number, _, _ in rows)
    for client, number, path, size in rows:
        name = MIX.paths[path]
        if number > MIX.warm:
            assert MIX.kind(Transaction(client, number, 0, 1.0, 0.0)) == (name, size)
    first = Counter((client, path) for client, number, path, _ in rows if number <= MIX.warm)
    assert set(first.values()) == {MIX.warm // len(MIX.paths)}
    assert len(first) == 2 * len(MIX.paths)


def test_a_script_prepares_each_statement_once() -> None:
    for layout in LAYOUTS:
        text = MIX.script(layout).text
        for name in MIX.paths:
            assert text.count(layout.path(name).sql) == 1
