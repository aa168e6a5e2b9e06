"""One command on many tenants: the first alone, then the others, each with its own line and its own end."""

import json
from collections.abc import Callable

import pytest
from children import until
from psycopg.sql import Identifier
from workflow.checkouts import Done, refusal, succeeded
from workflow.test_commands import documented, keys

from .projects import ASLEEP, Project, finished, kill
from .test_one_at_a_time import UNTIL_LET_GO, lock_held

TENANTS = ('Tenant "a"', "tenant b", "tenant%c", "tenant_d", "tenant_e")
ALL = "%enant%"

# A migration that drops the last tenant while the first one is migrated.
DROP_LAST = """
DO $$
BEGIN
    IF current_schema() = 'Tenant "a"' THEN
        DROP SCHEMA tenant_e CASCADE;
    END IF;
END $$;
"""

# One that ends its own session on the fourth.
END_SESSION = """
DO $$
BEGIN
    IF current_schema() = 'tenant_d' THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
    END IF;
END $$;
"""


@pytest.fixture
def tenants(project: Project) -> Project:
    """The project, its database with five empty schemas."""
    for name in TENANTS:
        project.database.execute(f"CREATE SCHEMA {quoted(name)}")
    return project


def quoted(name: str) -> str:
    return Identifier(name).as_string()


def run(project: Project, command: str, *words: str, **environment: str) -> Done:
    return finished(project.start_command(command, "--tenants", ALL, *words, **environment))


def states(said: str) -> dict[str, str]:
    return {tenant["schema"]: tenant["state"] for tenant in json.loads(said)["tenants"]}


def applied(project: Project) -> dict[str, list[str]]:
    """Return the ids of the migrations that are recorded in each schema that has migration tables."""
    query = "SELECT nspname FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid WHERE relname = %s"
    with project.database.connect() as db:
        return {
            name: [id_ for (id_,) in db.execute(f"SELECT migration_id FROM {quoted(name)}._yoyo_migration".encode())]
            for (name,) in db.execute(query, ["_yoyo_migration"]).fetchall()
        }


def test_each_is_migrated_and_said_in_its_own_lines(tenants: Project) -> None:
    said = succeeded(run(tenants, "up"))
    for name in TENANTS:
        assert f"\n{name}: applied 0001_things (" in f"\n{said}"
    assert said.splitlines()[0].startswith(TENANTS[0])
    assert said.splitlines()[-1].startswith(f"5 of 5 tenants of database {tenants.database.name} ")
    assert applied(tenants) == {name: ["0001_things"] for name in TENANTS}
    again = succeeded(run(tenants, "up", TENANT_CONNECTIONS="1")).splitlines()
    assert [line.split(": nothing to apply: ")[0] for line in again[:-1]] == list(TENANTS)
    assert "5 of 5 tenants match" in succeeded(run(tenants, "check"))


def test_status_shows_tenants_that_stand_alike_once(tenants: Project) -> None:
    succeeded(finished(tenants.start_command("up", "--tenants", "tenant%")))
    table = succeeded(run(tenants, "status")).splitlines()[1:]
    assert table == [
        "               group 1  group 2",
        "  0001_things  applied  pending",
        "group 1: 4 tenants (tenant b, tenant%c, tenant_d, tenant_e)",
        'group 2: 1 tenant (Tenant "a")',
    ]
    done = run(tenants, "status", "--exit-code", "--json")
    assert done.returncode == 3
    pending = {tenant["schema"]: tenant["pending"] for tenant in json.loads(done.stdout)["tenants"]}
    assert pending == {name: ["0001_things"] if name == TENANTS[0] else [] for name in TENANTS}


def test_one_that_fails_is_named_and_the_others_are_done(tenants: Project) -> None:
    tenants.database.execute('CREATE TABLE "tenant%c".things ()')
    done = run(tenants, "up", "--on-error", "skip", "--json")
    assert done.returncode == 1
    assert states(done.stdout) == {name: "failed" if name == "tenant%c" else "done" for name in TENANTS}
    assert keys(json.loads(done.stdout)) == documented("Tenants")
    [error] = [tenant["error"] for tenant in json.loads(done.stdout)["tenants"] if tenant["error"]]
    assert "schema tenant%c has tables, but no migration tables" in error
    assert f"messenger-db: tenant%c: {error}\n" in done.stderr
    tenants.database.execute('DROP TABLE "tenant%c".things')
    said = succeeded(run(tenants, "up"))
    assert said.count("nothing to apply") == 4
    assert "tenant%c: applied 0001_things" in said


def test_where_the_first_one_fails_no_other_is_touched(tenants: Project) -> None:
    tenants.write("0002_odd", "ALTER TABLE things ADD CHECK (id / 0 = 1);\nSELECT 1 / 0;\n", "SELECT 1;\n")
    done = run(tenants, "up", "--on-error", "skip")
    first, second, third = done.stderr.splitlines()
    assert done.returncode == 1
    assert first.startswith('messenger-db: Tenant "a": database ')
    assert first.endswith("apply of 0002_odd failed, nothing of it was kept: division by zero")
    assert second == "  at migrations/0002_odd.sql:3"
    assert third.startswith(
        'messenger-db: 1 tenant (Tenant "a") failed and 4 tenants (tenant b, tenant%c, tenant_d, tenant_e) not tried: '
    )
    assert applied(tenants) == {TENANTS[0]: ["0001_things"]}


def test_it_stops_at_one_that_fails_unless_told_otherwise(tenants: Project) -> None:
    tenants.database.execute('CREATE VIEW "tenant%c".things AS SELECT 1')
    done = run(tenants, "up", "--json", TENANT_CONNECTIONS="1")
    assert done.returncode == 1
    assert list(states(done.stdout).values()) == ["done", "done", "failed", "not tried", "not tried"]


def test_a_session_that_is_lost_costs_one_tenant(tenants: Project) -> None:
    tenants.write("0002_end", END_SESSION, "SELECT 1;\n")
    done = run(tenants, "up", "--on-error", "skip", "--json", TENANT_CONNECTIONS="1")
    assert states(done.stdout) == {name: "failed" if name == "tenant_d" else "done" for name in TENANTS}
    assert "schema tenant_d: apply of 0002_end failed, the connection was lost" in done.stderr


def test_one_that_is_dropped_meanwhile_is_no_failure(tenants: Project) -> None:
    tenants.write("0002_drop", DROP_LAST, "SELECT 1;\n")
    done = run(tenants, "up", "--json")
    assert done.returncode == 0
    assert list(states(done.stdout).values()) == ["done"] * 4 + ["dropped"]
    assert "tenant_e: was dropped meanwhile\n" in done.stderr


def test_one_on_which_the_role_has_no_rights_is_named(tenants: Project, role: str) -> None:
    tenants.database.execute(f"GRANT CREATE ON DATABASE {tenants.database.name} TO {role}")
    for name in TENANTS:
        tenants.database.execute(f"GRANT USAGE, CREATE ON SCHEMA {quoted(name)} TO {role}")

    def done(taken: str, command: str, *words: str) -> None:
        tenants.database.execute(f"REVOKE ALL ON SCHEMA {quoted(taken)} FROM {role}")
        done = run(tenants, command, *words, "--json", DATABASE_URL=tenants.database.url(user=role))
        assert done.returncode == 1
        assert states(done.stdout) == {name: "failed" if name == taken else "done" for name in TENANTS}
        assert f"{taken}: the schema is not there, or a missing privilege hides it" in done.stderr
        tenants.database.execute(f"GRANT ALL ON SCHEMA {quoted(taken)} TO {role}")

    try:
        done("tenant_d", "up", "--on-error", "skip")
        succeeded(run(tenants, "up", DATABASE_URL=tenants.database.url(user=role)))
        # What only looks does not stop at the first one.
        done(TENANTS[0], "status")
        done(TENANTS[0], "check")
    finally:
        tenants.database.execute(f"DROP OWNED BY {role}")


def test_after_a_kill_the_next_run_does_the_rest(tenants: Project) -> None:
    tenants.write("0002_slow", UNTIL_LET_GO, "SELECT 1;\n")
    with tenants.database.connect() as holder:
        holder.execute("SELECT pg_advisory_lock(4711)")
        process = tenants.start_command("up", "--tenants", ALL)
        until(lambda: tenants.sessions(ASLEEP) == 1)
        kill(process)
        until(lambda: tenants.sessions() == 0)
    assert applied(tenants) == {TENANTS[0]: ["0001_things"]}
    succeeded(run(tenants, "up"))
    assert applied(tenants) == {name: ["0001_things", "0002_slow"] for name in TENANTS}


def test_two_at_once_apply_each_migration_once(tenants: Project) -> None:
    with lock_held(tenants.database, "tenant_d"):
        processes = [tenants.start_command("up", "--tenants", ALL) for _ in range(2)]
        until(lambda: len(applied(tenants)) >= 4)
    for process in processes:
        succeeded(finished(process))
    for name in TENANTS:
        log = f"SELECT operation, migration_id FROM {quoted(name)}._yoyo_log"
        assert tenants.rows(log.replace("%", "%%")) == [("apply", "0001_things")]


def test_a_pattern_that_matches_nothing_is_an_error_and_public_has_to_be_named(project: Project) -> None:
    for pattern in ("tenant_%", "%", "publi_"):
        line = refusal(finished(project.start_command("up", TENANTS=pattern)))
        assert line.startswith(f"messenger-db: TENANTS={pattern} matches no schema of database ")
    assert "public: applied 0001_things" in succeeded(finished(project.start_command("up", TENANTS="public")))


def test_what_takes_one_schema_refuses_tenants(project: Project) -> None:
    commands: list[Callable[[], Done]] = [
        lambda: project.yoyo("apply", TENANTS="%"),
        lambda: project.yoyo("rollback", TENANTS="%"),
        *(
            lambda command=command: finished(project.start_command(command, TENANTS="%"))
            for command in ("down", "reset", "plan", "verify", "adopt")
        ),
    ]
    for command in commands:
        assert refusal(command()).startswith("messenger-db: refused: TENANTS=% is for messenger-db up, status, ")
    one = project.database.url(schema="tenant_a")
    assert "and TENANTS names schemas, too" in refusal(run(project, "up", DATABASE_URL=one))


def test_so_many_are_worked_on_at_once_as_there_are_connections(tenants: Project) -> None:
    tenants.write("0002_slow", UNTIL_LET_GO, "SELECT 1;\n")
    succeeded(finished(tenants.start_command("up", "--tenants", "Tenant%")))
    with tenants.database.connect() as holder:
        holder.execute("SELECT pg_advisory_lock(4711)")
        process = tenants.start_command("up", "--tenants", ALL, TENANT_CONNECTIONS="3")
        until(lambda: tenants.sessions(ASLEEP) == 3)
        assert tenants.sessions() == 3
    succeeded(finished(process))
