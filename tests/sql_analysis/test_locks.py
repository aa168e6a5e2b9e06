"""The locks and the work of statements are what a server does."""

import psycopg

from messenger_db.sql_analysis.in_use import effects
from messenger_db.sql_analysis.locks import Mode
from messenger_db.sql_analysis.parse import Statement, parse
from messenger_db.sql_analysis.schema_changes import apply
from messenger_db.sql_analysis.schema_state import SchemaState
from messenger_db.sql_analysis.work import Kind

SCHEMA = """
CREATE TABLE users (id uuid PRIMARY KEY, name varchar(50) NOT NULL, age integer, bio text);
CREATE TABLE notes (
    id uuid PRIMARY KEY,
    user_id uuid,
    body text,
    n integer,
    s smallint,
    price numeric(5, 2),
    title varchar(50),
    CONSTRAINT notes_title CHECK (title <> '')
);
ALTER TABLE notes ADD CONSTRAINT notes_fk FOREIGN KEY (user_id) REFERENCES users NOT VALID;
ALTER TABLE notes ADD CONSTRAINT notes_c CHECK (n > 0) NOT VALID;
ALTER TABLE notes ADD CONSTRAINT notes_s CHECK (s IS NOT NULL);
CREATE INDEX notes_i ON notes (n);
CREATE UNIQUE INDEX notes_u ON notes (n, id);
CREATE TABLE plain (id integer, k uuid);
CREATE TABLE events (id integer NOT NULL, at integer) PARTITION BY RANGE (id);
CREATE TABLE events_0 PARTITION OF events FOR VALUES FROM (0) TO (1);
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE TABLE events_new (id integer NOT NULL, at integer);
CREATE TABLE logs (id integer NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE logs_0 PARTITION OF logs FOR VALUES FROM (0) TO (1);
CREATE MATERIALIZED VIEW m AS SELECT id FROM users;
CREATE UNIQUE INDEX m_u ON m (id);
CREATE VIEW v AS SELECT id FROM users;
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER tr BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION tf();
CREATE POLICY p ON notes USING (true);
CREATE RULE r AS ON INSERT TO plain DO ALSO NOTHING;
CREATE STATISTICS st ON n, s FROM notes;
CREATE SEQUENCE seq OWNED BY plain.id;
CREATE FUNCTION sweep() RETURNS void LANGUAGE plpgsql AS $$BEGIN TRUNCATE plain; END$$;
INSERT INTO users VALUES (gen_random_uuid(), 'a', 3, 'x');
"""

# One statement a line, each tried on the schema above by itself.
STATEMENTS = """
COMMENT ON TABLE notes IS 'x'
COMMENT ON COLUMN notes.n IS 'x'
COMMENT ON CONSTRAINT notes_c ON notes IS 'x'
COMMENT ON INDEX notes_i IS 'x'
COMMENT ON TRIGGER tr ON notes IS 'x'
COMMENT ON VIEW v IS 'x'
ALTER TABLE notes ADD COLUMN x text
ALTER TABLE notes ADD COLUMN x uuid DEFAULT gen_random_uuid()
ALTER TABLE notes ADD COLUMN x timestamptz DEFAULT now()
ALTER TABLE notes ADD COLUMN x int CHECK (x > 0)
ALTER TABLE notes ADD COLUMN x uuid REFERENCES users
ALTER TABLE notes ADD COLUMN x int GENERATED ALWAYS AS (n+1) STORED
ALTER TABLE notes ADD COLUMN x int GENERATED ALWAYS AS IDENTITY
ALTER TABLE notes ADD COLUMN x int UNIQUE
ALTER TABLE notes DROP COLUMN n
ALTER TABLE notes DROP COLUMN user_id
ALTER TABLE notes ALTER COLUMN n SET DEFAULT 3
ALTER TABLE notes ALTER COLUMN n DROP DEFAULT
ALTER TABLE notes ALTER COLUMN n SET NOT NULL
ALTER TABLE users ALTER COLUMN name DROP NOT NULL
ALTER TABLE users ALTER COLUMN name TYPE varchar(100)
ALTER TABLE users ALTER COLUMN name TYPE varchar(20)
ALTER TABLE users ALTER COLUMN name TYPE text
ALTER TABLE users ALTER COLUMN bio TYPE varchar
ALTER TABLE notes ALTER COLUMN s TYPE int
ALTER TABLE notes ALTER COLUMN price TYPE numeric(8,2)
ALTER TABLE notes ALTER COLUMN price TYPE numeric
ALTER TABLE notes ALTER COLUMN n SET STATISTICS 5
ALTER TABLE notes ALTER COLUMN n SET (n_distinct = 5)
ALTER TABLE notes ALTER COLUMN body SET STORAGE external
ALTER TABLE notes ADD CONSTRAINT x CHECK (n > 1)
ALTER TABLE notes ADD CONSTRAINT x CHECK (n > 1) NOT VALID
ALTER TABLE notes ADD CONSTRAINT x FOREIGN KEY (user_id) REFERENCES users
ALTER TABLE notes ADD CONSTRAINT x FOREIGN KEY (user_id) REFERENCES users NOT VALID
ALTER TABLE notes ADD CONSTRAINT x UNIQUE (n)
ALTER TABLE notes ADD CONSTRAINT x UNIQUE USING INDEX notes_u
ALTER TABLE plain ADD PRIMARY KEY (id)
ALTER TABLE notes VALIDATE CONSTRAINT notes_c
ALTER TABLE notes VALIDATE CONSTRAINT notes_fk
ALTER TABLE notes DROP CONSTRAINT notes_c
ALTER TABLE notes DROP CONSTRAINT notes_fk
ALTER TABLE notes DROP CONSTRAINT notes_pkey
ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE
ALTER TABLE notes ALTER CONSTRAINT notes_fk DEFERRABLE
ALTER TABLE notes DISABLE TRIGGER tr
ALTER TABLE notes ENABLE TRIGGER tr
ALTER TABLE notes DISABLE TRIGGER ALL
ALTER TABLE notes ENABLE ALWAYS TRIGGER tr
ALTER TABLE plain DISABLE RULE r
ALTER TABLE notes ENABLE ROW LEVEL SECURITY
ALTER TABLE notes FORCE ROW LEVEL SECURITY
ALTER TABLE notes CLUSTER ON notes_i
ALTER TABLE notes SET WITHOUT CLUSTER
ALTER TABLE notes SET UNLOGGED
ALTER TABLE plain SET UNLOGGED
ALTER TABLE notes SET (fillfactor = 80)
ALTER TABLE notes SET (autovacuum_enabled = false)
ALTER TABLE notes SET (user_catalog_table = true)
ALTER TABLE notes SET (toast_tuple_target = 200)
ALTER TABLE notes RESET (fillfactor)
ALTER TABLE notes REPLICA IDENTITY FULL
ALTER TABLE notes RENAME TO notes2
ALTER TABLE notes RENAME COLUMN n TO k
ALTER TABLE notes RENAME CONSTRAINT notes_c TO k
ALTER INDEX notes_i RENAME TO notes_j
ALTER INDEX notes_i SET (fillfactor = 70)
ALTER TRIGGER tr ON notes RENAME TO u
ALTER POLICY p ON notes USING (false)
ALTER POLICY p ON notes RENAME TO q
ALTER VIEW v RENAME TO w
ALTER VIEW v SET (security_barrier)
ALTER MATERIALIZED VIEW m RENAME TO w
ALTER SEQUENCE seq RESTART
ALTER TABLE notes SET SCHEMA public
CREATE INDEX x ON notes (s)
CREATE UNIQUE INDEX x ON notes (s)
CREATE INDEX x ON events (at)
CREATE INDEX x ON ONLY events (at)
CREATE STATISTICS x ON n, s FROM notes
CREATE TRIGGER x BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION tf()
CREATE TRIGGER x BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION tf()
CREATE OR REPLACE TRIGGER tr BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION tf()
CREATE POLICY x ON notes USING (true)
CREATE RULE x AS ON INSERT TO notes DO ALSO NOTHING
CREATE TABLE x (note_id uuid REFERENCES notes)
CREATE TABLE x (LIKE notes)
CREATE TABLE x () INHERITS (plain)
CREATE TABLE x PARTITION OF events FOR VALUES FROM (5) TO (6)
CREATE TABLE x PARTITION OF logs FOR VALUES FROM (5) TO (6)
CREATE TABLE x AS SELECT * FROM notes
SELECT * INTO x FROM notes
CREATE VIEW x AS SELECT * FROM notes
CREATE OR REPLACE VIEW v AS SELECT id FROM users
CREATE MATERIALIZED VIEW x AS SELECT * FROM notes
CREATE MATERIALIZED VIEW x AS SELECT * FROM notes WITH NO DATA
REFRESH MATERIALIZED VIEW m
REFRESH MATERIALIZED VIEW CONCURRENTLY m
ALTER TABLE events ATTACH PARTITION events_new FOR VALUES FROM (2) TO (3)
ALTER TABLE events DETACH PARTITION events_0
ALTER TABLE logs DETACH PARTITION logs_0
ALTER TABLE events ADD COLUMN x int
ALTER TABLE ONLY events ALTER COLUMN at SET DEFAULT 5
ALTER TABLE events ADD CONSTRAINT x CHECK (at > 1) NOT VALID
ALTER TABLE events RENAME COLUMN at TO k
DROP TABLE notes
DROP TABLE users CASCADE
DROP TABLE events_0
DROP TABLE events
DROP TABLE logs_0
DROP INDEX notes_i
DROP VIEW v
DROP MATERIALIZED VIEW m
DROP TRIGGER tr ON notes
DROP POLICY p ON notes
DROP RULE r ON plain
DROP STATISTICS st
DROP SEQUENCE seq
TRUNCATE notes
TRUNCATE users CASCADE
UPDATE users SET age = 3
DELETE FROM users WHERE false
INSERT INTO notes (id, s) SELECT id, 1 FROM users
INSERT INTO users (id, name) VALUES (gen_random_uuid(), 'x')
MERGE INTO notes USING users ON notes.id = users.id WHEN MATCHED THEN DELETE
SELECT * FROM users
SELECT * FROM users FOR UPDATE
LOCK TABLE users IN SHARE MODE
LOCK TABLE users
CLUSTER notes USING notes_i
REINDEX TABLE notes
REINDEX INDEX notes_i
ALTER TABLE notes ADD COLUMN x int DEFAULT 5 NOT NULL
ALTER TABLE notes ADD COLUMN x serial
ALTER TABLE notes ADD COLUMN x bigint DEFAULT nextval('seq')
ALTER TABLE plain ALTER COLUMN id SET NOT NULL
ALTER TABLE plain ADD CHECK (id > 3) NOT VALID
ALTER TABLE notes ADD COLUMN x int CHECK (x > 1) DEFAULT 5
ALTER TABLE notes ADD COLUMN x uuid DEFAULT 'e0b5b0a8-0000-0000-0000-000000000000' REFERENCES users
ALTER TABLE notes ALTER COLUMN title TYPE varchar(60)
ALTER TABLE notes ALTER COLUMN s SET NOT NULL
ALTER TABLE plain ADD CONSTRAINT x PRIMARY KEY (k)
SELECT sweep()
DO $$ BEGIN PERFORM sweep(); END $$
DO $$ BEGIN IF EXISTS (SELECT FROM users WHERE age > 3) THEN RAISE EXCEPTION 'no'; END IF; END $$
WITH notes AS (SELECT 1) SELECT * FROM notes
"""

TABLES = """
SELECT
    relname,
    oid,
    relfilenode,
    pg_stat_get_xact_numscans(oid)
FROM pg_class
WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace
"""
LOCKS = "SELECT relation, upper(regexp_replace(mode, 'Lock$', '')) FROM pg_locks WHERE pid = pg_backend_pid()"
MODES = {mode.name.replace("_", ""): mode for mode in Mode}

# A new file for a TRUNCATE takes a moment, and an UPDATE writes all rows again.
SAID_OTHERWISE = {"TRUNCATE": Kind.MOMENT, "SELECT sweep": Kind.MOMENT, "DO $$ BEGIN PERFORM": Kind.MOMENT}
SAID_OTHERWISE |= {"UPDATE": Kind.REWRITE, "MERGE": Kind.REWRITE}


def state_of(sql: str) -> SchemaState:
    state = SchemaState()
    for statement in parse(sql):
        apply(state, statement)
    state.new.clear()
    return state


def on_the_server(db: psycopg.Connection, sql: str, names: list[str]) -> tuple[dict[str, Mode], dict[str, Kind]]:
    """Return the strongest lock on each table, and which were scanned or rewritten, and roll back."""
    before = {oid: (name, file, scans) for name, oid, file, scans in db.execute(TABLES, [names])}
    db.execute(sql.encode())
    locks: dict[str, Mode] = {}
    for oid, mode in db.execute(LOCKS).fetchall():
        if oid in before:
            locks[before[oid][0]] = max(MODES[mode], locks.get(before[oid][0], Mode.ACCESS_SHARE))
    work: dict[str, Kind] = {}
    now = "SELECT oid, relfilenode, pg_stat_get_xact_numscans(oid) FROM pg_class WHERE oid = ANY(%s)"
    for oid, file, scans in db.execute(now, [list(before)]):
        name, file_before, scans_before = before[oid]
        if file != file_before:
            work[name] = Kind.REWRITE
        elif scans > scans_before:
            work[name] = Kind.READ
    db.rollback()
    return locks, work


def by_the_files(statement: Statement, state: SchemaState) -> tuple[dict[str, Mode], dict[str, Kind]]:
    found = effects(statement, state)
    work: dict[str, Kind] = {}
    for kind, table in found.work:
        work[table] = max(kind, work.get(table, kind))
    return {lock.table: lock.mode for lock in found.locks}, work


def test_they_are_those_of_a_server(empty_postgresql: psycopg.Connection) -> None:
    db = empty_postgresql
    db.execute(SCHEMA.encode())
    db.commit()
    state = state_of(SCHEMA)
    wrong = []
    for sql in STATEMENTS.strip().splitlines():
        locks, work = on_the_server(db, sql, list(state.tables))
        for start, kind in SAID_OTHERWISE.items():
            if sql.startswith(start):
                work = by_the_files(parse(sql)[0], state)[1]
                assert max(work.values(), default=Kind.MOMENT) == kind
        if (locks, work) != (said := by_the_files(parse(sql)[0], state)):
            wrong.append((sql, (locks, work), said))
    assert not wrong


def test_what_a_file_creates_is_not_in_use() -> None:
    state = state_of("CREATE TABLE notes (id integer);")
    (create, alter, index) = parse(
        "CREATE TABLE pins (id integer REFERENCES pins); ALTER TABLE pins ADD x text; CREATE INDEX ON notes (id);"
    )
    for statement in (create, alter):
        assert not effects(statement, state).locks
        apply(state, statement)
    assert [str(lock.mode) for lock in effects(index, state).locks] == ["SHARE"]


def test_an_index_without_a_known_table_stands_for_it() -> None:
    (statement,) = parse("DROP INDEX of_a_table_that_is_not_known")
    assert [lock.table for lock in effects(statement, SchemaState()).locks] == ["of_a_table_that_is_not_known"]


def test_partitions_in_a_circle_which_no_server_takes_come_to_an_end() -> None:
    state = state_of(
        """
        CREATE TABLE a (id integer) PARTITION BY RANGE (id);
        CREATE TABLE b PARTITION OF a (id NOT NULL) FOR VALUES FROM (0) TO (1);
        ALTER TABLE b ATTACH PARTITION a FOR VALUES FROM (0) TO (1);
        """
    )
    assert state.partitions("a") == ["b"]
    assert state.table("b").columns["id"].is_not_null
