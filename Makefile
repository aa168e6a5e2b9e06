# The workflow. Plain `make` prints the targets; settings go behind them, as in `make db-down STEPS=1`.

PYTHON ?= python3
VENV := .venv/bin/
RUN := $(VENV)python -m messenger_db
BASE := .venv/installed-embedded
SEEDER := .venv/installed-seed
DEV := .venv/installed-dev

.DEFAULT_GOAL := help
.PHONY: help db-up db-down db-status db-plan db-check db-adopt db-grant db-new db-sums db-shell db-url db-reset db-stop db-remove seed seed-report seed-preview validate test test-matrix lint fmt docs bench clean

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

db-up: $(BASE) ## bring the database to the newest migration (starts a server if no DATABASE_URL is set)
	@$(RUN) up

db-down: $(BASE) ## roll back: all migrations, or STEPS=1 the last one; CONFIRM=<database name> answers beforehand
	@$(RUN) down

db-status: $(BASE) ## show which migrations are applied, and where the database is
	@$(RUN) status

db-plan: $(DEV) ## print the SQL that db-up would run, or with DOWN=1 that db-down would; run nothing
	@$(RUN) plan

db-check: $(BASE) ## compare the database with what its applied migrations make
	@$(RUN) check

db-adopt: $(BASE) ## mark the migrations of a database that has the schema already, as from a dump
	@$(RUN) adopt

db-grant: $(BASE) ## let ROLE=messenger_app do what the hot paths do and nothing else, or with READONLY=1 only read
	@$(RUN) grant

db-new: $(BASE) ## write the next pair of migration files: NAME=add_pins
	@$(RUN) new

db-sums: $(BASE) ## write the newest migration into the manifest of sums, when it is done
	@$(RUN) sums

db-shell: $(BASE) ## open psql on the database
	@$(RUN) shell

db-url: $(BASE) ## print the database's URL, for scripts: make -s db-url
	@$(RUN) url

db-reset: $(BASE) $(SEEDER) ## down, up and seed, on the embedded server alone
	@$(RUN) reset
	@$(VENV)python -m seeds

db-stop: $(BASE) ## stop the embedded server, its data kept
	@$(RUN) stop

db-remove: $(BASE) ## stop the embedded server and delete all its data; make db-up then starts afresh
	@$(RUN) remove

seed: $(BASE) $(SEEDER) ## add demo people and generated chats: MESSAGES=1000000 USERS=10000 SEED=7 LOCALE=de_DE,ja_JP
	@$(VENV)python -m seeds

seed-report: $(BASE) $(SEEDER) ## measure the chats of the database and compare them with real ones
	@$(VENV)python -m seeds.realism.report

seed-preview: $(BASE) $(SEEDER) ## write seed-preview.html, or OUT=, a page that shows some chats and compares them with real ones
	@$(VENV)python -m seeds.realism.preview

validate: $(DEV) ## check the migration files without running them
	@$(VENV)python -m messenger_db.validation

test: $(DEV) ## run the tests, in parallel
	@$(VENV)python -m pytest -n 4 --dist loadgroup

test-matrix: $(DEV) ## run them on PostgreSQL 15 to 18 and on Python 3.11 and 3.13; TESTS=tests/schema runs only those
	@$(VENV)python tests/matrix.py $(TESTS)

lint: $(DEV) validate ## check format, style and types, the migration files and the Dockerfile
	@$(VENV)ruff format --check .
	@$(VENV)ruff check .
	@$(VENV)mypy
	@$(VENV)hadolint Dockerfile

fmt: $(DEV) ## format the Python
	@$(VENV)ruff format .
	@$(VENV)ruff check --fix .

docs: $(DEV) ## write the schema reference, docs/schema.md and docs/schema.html, and docs/validation.md
	@$(VENV)python -m messenger_db.reference
	@$(VENV)python -m messenger_db.validation.refusals_page

bench: $(DEV) ## measure the hot paths beside a plain layout, and the load: a quarter of an hour; SCALE=10000000, SIZES=100000
	@$(VENV)python bench/speed.py

clean: ## delete all that make made: the embedded server with its data, .venv and caches
	@if [ -e $(BASE) ] || [ -e $(DEV) ]; then $(RUN) remove; fi
	@rm -rf seed-preview.html .hypothesis .venv .postgres .matrix .pytest_cache .ruff_cache .mypy_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BASE): pyproject.toml
	@$(PYTHON) messenger_db/bootstrap.py embedded

$(SEEDER): pyproject.toml
	@$(PYTHON) messenger_db/bootstrap.py seed

$(DEV): pyproject.toml
	@$(PYTHON) messenger_db/bootstrap.py dev
