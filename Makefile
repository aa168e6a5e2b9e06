# The workflow. Plain `make` prints the targets; settings go behind them, as in `make db-down STEPS=1`.

PYTHON ?= python3
VENV := .venv/bin/
RUN := $(VENV)python -m messenger_db
BASE := .venv/installed-embedded
DEV := .venv/installed-dev

.DEFAULT_GOAL := help
.PHONY: help db-up db-down db-status db-new db-shell db-url db-reset db-stop seed validate test lint fmt clean

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

db-up: $(BASE) ## bring the database to the newest migration (starts a server if no DATABASE_URL is set)
	@$(RUN) up

db-down: $(BASE) ## roll back: all migrations, or STEPS=1 the last one; CONFIRM=<database name> answers beforehand
	@$(RUN) down

db-status: $(BASE) ## show which migrations are applied, and where the database is
	@$(RUN) status

db-new: $(BASE) ## write the next pair of migration files: NAME=add_pins
	@$(RUN) new

db-shell: $(BASE) ## open psql on the database
	@$(RUN) shell

db-url: $(BASE) ## print the database's URL, for scripts: make -s db-url
	@$(RUN) url

db-reset: $(BASE) ## down, up and seed, on the embedded server alone
	@$(RUN) reset

db-stop: $(BASE) ## stop the embedded server, its data kept
	@$(RUN) stop

seed: $(BASE) ## put in four demo people with their chats
	@$(RUN) seed

validate: $(DEV) ## check the migration files without running them
	@$(VENV)python -m messenger_db.validation

test: $(DEV) ## run the tests, in parallel
	@$(VENV)python -m pytest -n auto --maxprocesses 8

lint: $(DEV) validate ## check format, style and types, and the migration files
	@$(VENV)ruff format --check .
	@$(VENV)ruff check .
	@$(VENV)mypy

fmt: $(DEV) ## format the Python
	@$(VENV)ruff format .
	@$(VENV)ruff check --fix .

clean: ## delete all that make made: the embedded server with its data, .venv and caches
	@if [ -x $(VENV)python ]; then $(RUN) remove; fi
	@rm -rf .venv .postgres .pytest_cache .ruff_cache .mypy_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BASE): pyproject.toml
	@$(PYTHON) messenger_db/bootstrap.py embedded

$(DEV): pyproject.toml
	@$(PYTHON) messenger_db/bootstrap.py dev
