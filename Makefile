# The workflow. Plain `make` prints the targets; settings follow them, as in `make db-down STEPS=1`.

PYTHON ?= python3
VENV := .venv/bin/
RUN := $(VENV)python -m messenger_db

# Contains the Python and the folder that .venv was created for. If they differ, .venv is created again.
INSTALLED := .venv/installed
ifneq ($(if $(wildcard $(INSTALLED)),$(shell cat $(INSTALLED))),$(realpath $(VENV)python) $(CURDIR))
  .PHONY: $(INSTALLED)
endif

.DEFAULT_GOAL := help
.PHONY: help

help: ## print this
	@awk -F ':.*## ' '/^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' Makefile

##@ Every day

.PHONY: db-up db-down db-status db-backfill db-shell db-studio db-url db-reset

db-up: $(INSTALLED) ## bring the database to the newest migration; without DATABASE_URL, start the embedded server; TENANTS='tenant_%' many schemas
	@$(RUN) up

db-down: $(INSTALLED) ## roll back: all migrations, or STEPS=1 the last one; CONFIRM=<database name> answers beforehand
	@$(RUN) down

db-status: $(INSTALLED) ## show which migrations are applied, how far backfills are, and where the database is
	@$(RUN) status

db-backfill: $(INSTALLED) ## change many rows in small batches, as backfills/ says: all, or NAME=0001; ON_ERROR=skip
	@$(RUN) backfill

db-shell: $(INSTALLED) ## open psql on the database
	@$(RUN) shell

db-studio: $(INSTALLED) ## browse the rows on a local web page, read-only; WRITE=1 changes those of the embedded server; PORT=5555
	@$(RUN) studio

db-url: $(INSTALLED) ## print the database's URL, for scripts: make -s db-url; TCP=1 for drivers without Unix sockets
	@$(RUN) url

db-reset: $(INSTALLED) ## roll back all migrations, apply them again and seed, on the embedded server only
	@$(RUN) reset
	@$(VENV)python -m seeds

##@ Writing migrations

.PHONY: db-new validate db-checksums db-sums db-renumber db-plan db-rehearse docs

db-new: $(INSTALLED) ## write the next migrations: NAME=add_pins an empty pair, RECIPE=column and the like sequences; BACKFILL=
	@$(RUN) new

validate: $(INSTALLED) ## check the migration files without running them; FORMAT=json, sarif or github for other programs
	@$(RUN) validate

db-checksums: $(INSTALLED) ## record the migrations that are not released yet, as they are now, in SHA256SUMS
	@$(RUN) checksums

# The previous name.
db-sums: db-checksums

db-renumber: $(INSTALLED) ## number the migrations that are not released anew, without gaps; NAME=0002_add_pins last
	@$(RUN) renumber

db-plan: $(INSTALLED) ## print the SQL that db-up would run, or with DOWN=1 that db-down would, and its hazards
	@$(RUN) plan

db-rehearse: $(INSTALLED) ## try pending migrations and backfills on a throw-away server, among users, with MESSAGES=1000000 generated
	@$(RUN) rehearse

docs: $(INSTALLED) ## write the schema reference, docs/validation.md, docs/recipes.md, the models and the types of the hot paths
	@$(VENV)python -m messenger_db.reference
	@$(VENV)python -m messenger_db.validation.refusals_page
	@$(VENV)python -m messenger_db.recipes.recipes_page

##@ Data

.PHONY: example seed seed-report seed-preview

example: $(INSTALLED) ## start a small chat server on the database, with the demo people, and print its address
	@$(RUN) up
	@$(VENV)python -m examples.chat

seed: $(INSTALLED) ## add demo people and generated chats: MESSAGES=1000000 USERS=10000 SEED=7 LOCALE=de_DE,ja_JP
	@$(VENV)python -m seeds

seed-report: $(INSTALLED) ## measure the chats of the database and compare them with real ones
	@$(VENV)python -m seeds.realism.report

seed-preview: $(INSTALLED) ## write seed-preview.html, or OUT=, a page that shows some chats and compares them with real ones
	@$(VENV)python -m seeds.realism.preview

##@ Servers

.PHONY: db-check db-verify db-adopt db-grant db-distribute db-send-functions db-feed db-stop db-remove db-retain

db-check: $(INSTALLED) ## compare the database with what its applied migrations make
	@$(RUN) check

db-verify: $(INSTALLED) ## check all rows against the constraints, the keys and what the application keeps; START_AT=messages goes on there
	@$(RUN) verify

db-retain: $(INSTALLED) ## remove messages: OLDER_THAN='90 days' or BEFORE=2026-01-01, CHAT=id, KEYS=removed-files.jsonl; DRY_RUN=1
	@$(RUN) retain

db-adopt: $(INSTALLED) ## record the migrations of a database that has the schema already, as from a dump, as applied
	@$(RUN) adopt

db-grant: $(INSTALLED) ## grant ROLE=messenger_app what the hot paths need and nothing else, or with READONLY=1 only reading
	@$(RUN) grant

db-distribute: $(INSTALLED) ## shard the messenger of a Citus coordinator by chat (docs/clusters.md), or with PLAN=1 print how
	@$(RUN) distribute

db-send-functions: $(INSTALLED) ## print the sends as functions that a Citus cluster runs on the node of the chat
	@$(RUN) send-functions

db-feed: $(INSTALLED) ## publish every change for real-time servers, without secret columns; REMOVE=1 takes the change feed away
	@$(RUN) feed

db-stop: $(INSTALLED) ## stop the embedded server and keep its data
	@$(RUN) stop

db-remove: $(INSTALLED) ## stop the embedded server and delete all its data; make db-up then starts afresh
	@$(RUN) remove

##@ This repository

.PHONY: test test-matrix lint fmt bench clean

# Without bytecode, each worker and each command of the tests would compile all modules for itself.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(INSTALLED) ## run the tests, in parallel; TESTS=tests/drift runs only those
	@$(VENV)python -m pytest -n 4 --dist loadgroup $(TESTS)

test-matrix: $(INSTALLED) ## run them on PostgreSQL 15 to 18 and Python 3.11 to 3.14; TESTS=tests/schema or PAIR=18/3.14 runs a part
	@$(VENV)python tests/matrix.py $(TESTS)

lint: $(INSTALLED) validate ## check format, style and types, the migration files, the scripts, the Dockerfile and the packages
	@$(VENV)ruff format --check .
	@$(VENV)ruff check .
	@$(VENV)mypy
	@$(VENV)hadolint Dockerfile
	@$(VENV)shellcheck .ci/run docker-entrypoint.sh
	@built=$$(mktemp -d) && trap 'rm -rf "$$built"' EXIT && $(VENV)hatchling build -d "$$built" && $(VENV)twine --no-color check --strict "$$built"/*

fmt: $(INSTALLED) ## format the Python
	@$(VENV)ruff format .
	@$(VENV)ruff check --fix .

bench: $(INSTALLED) ## measure the hot paths and compare them with a plain layout, in half an hour; SCALE=10000000, SIZES=100000
	@$(VENV)python -m bench.hot_paths

# Stopping the server needs the installed package, which is installed again if it cannot run.
clean: ## delete all that make created: the embedded server with its data, .venv and caches
	@if [ -e $(INSTALLED) ] || [ -e .postgres ]; then \
		$(VENV)python -c 'import psutil, yoyo' 2>/dev/null || $(PYTHON) messenger_db/bootstrap.py || exit; \
		$(RUN) remove; \
	fi
	@rm -rf examples/chat/uploads seed-preview.html .hypothesis .venv .postgres .matrix .pytest_cache .ruff_cache .mypy_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml
	@$(PYTHON) messenger_db/bootstrap.py
