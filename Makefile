# The workflow. Plain `make` prints the targets; settings go behind them, as in `make db-down STEPS=1`.

PYTHON ?= python3
VENV := .venv/bin/
RUN := $(VENV)python -m messenger_db

# Names the Python and the folder that .venv was made for. Where they are others now, .venv is made again.
INSTALLED := .venv/installed
ifneq ($(if $(wildcard $(INSTALLED)),$(shell cat $(INSTALLED))),$(realpath $(VENV)python) $(CURDIR))
  .PHONY: $(INSTALLED)
endif

.DEFAULT_GOAL := help
.PHONY: help db-up db-down db-status db-plan db-check db-adopt db-grant db-new db-sums db-shell db-url db-reset db-stop db-remove seed seed-report seed-preview validate test test-matrix lint fmt docs bench clean

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

db-up: $(INSTALLED) ## bring the database to the newest migration (starts a server if no DATABASE_URL is set)
	@$(RUN) up

db-down: $(INSTALLED) ## roll back: all migrations, or STEPS=1 the last one; CONFIRM=<database name> answers beforehand
	@$(RUN) down

db-status: $(INSTALLED) ## show which migrations are applied, and where the database is
	@$(RUN) status

db-plan: $(INSTALLED) ## print the SQL that db-up would run, or with DOWN=1 that db-down would; run nothing
	@$(RUN) plan

db-check: $(INSTALLED) ## compare the database with what its applied migrations make
	@$(RUN) check

db-adopt: $(INSTALLED) ## mark the migrations of a database that has the schema already, as from a dump
	@$(RUN) adopt

db-grant: $(INSTALLED) ## let ROLE=messenger_app do what the hot paths do and nothing else, or with READONLY=1 only read
	@$(RUN) grant

db-new: $(INSTALLED) ## write the next pair of migration files: NAME=add_pins
	@$(RUN) new

db-sums: $(INSTALLED) ## write the newest migration into the manifest of sums, when it is done
	@$(RUN) checksums

db-shell: $(INSTALLED) ## open psql on the database
	@$(RUN) shell

db-url: $(INSTALLED) ## print the database's URL, for scripts: make -s db-url
	@$(RUN) url

db-reset: $(INSTALLED) ## down, up and seed, on the embedded server alone
	@$(RUN) reset
	@$(VENV)python -m seeds

db-stop: $(INSTALLED) ## stop the embedded server, its data kept
	@$(RUN) stop

db-remove: $(INSTALLED) ## stop the embedded server and delete all its data; make db-up then starts afresh
	@$(RUN) remove

seed: $(INSTALLED) ## add demo people and generated chats: MESSAGES=1000000 USERS=10000 SEED=7 LOCALE=de_DE,ja_JP
	@$(VENV)python -m seeds

seed-report: $(INSTALLED) ## measure the chats of the database and compare them with real ones
	@$(VENV)python -m seeds.realism.report

seed-preview: $(INSTALLED) ## write seed-preview.html, or OUT=, a page that shows some chats and compares them with real ones
	@$(VENV)python -m seeds.realism.preview

validate: $(INSTALLED) ## check the migration files without running them
	@$(RUN) validate

test: $(INSTALLED) ## run the tests, in parallel; TESTS=tests/drift runs only those
	@$(VENV)python -m pytest -n 4 --dist loadgroup $(TESTS)

test-matrix: $(INSTALLED) ## run them on PostgreSQL 15 to 18 and on Python 3.11 and 3.13; TESTS=tests/schema runs only those
	@$(VENV)python tests/matrix.py $(TESTS)

lint: $(INSTALLED) validate ## check format, style and types, the migration files and the Dockerfile
	@$(VENV)ruff format --check .
	@$(VENV)ruff check .
	@$(VENV)mypy
	@$(VENV)hadolint Dockerfile

fmt: $(INSTALLED) ## format the Python
	@$(VENV)ruff format .
	@$(VENV)ruff check --fix .

docs: $(INSTALLED) ## write the schema reference, docs/schema.md and docs/schema.html, and docs/validation.md
	@$(VENV)python -m messenger_db.reference
	@$(VENV)python -m messenger_db.validation.refusals_page

bench: $(INSTALLED) ## measure the hot paths next to a plain layout, and the load: half an hour; SCALE=10000000, SIZES=100000
	@$(VENV)python -m bench.hot_paths

# The server is stopped by what is installed, which is installed again where it cannot run.
clean: ## delete all that make made: the embedded server with its data, .venv and caches
	@if [ -e $(INSTALLED) ] || [ -e .postgres ]; then \
		$(VENV)python -c 'import psutil, yoyo' 2>/dev/null || $(PYTHON) messenger_db/bootstrap.py || exit; \
		$(RUN) remove; \
	fi
	@rm -rf seed-preview.html .hypothesis .venv .postgres .matrix .pytest_cache .ruff_cache .mypy_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml
	@$(PYTHON) messenger_db/bootstrap.py
