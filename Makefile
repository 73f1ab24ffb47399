# unfog: the two commands are `make demo` and `make test`. Both do all set-up where Python 3.11+ and make are.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
OUT ?= out
DATA ?= $(wildcard ../shared/data/02_reddit_uk_trade_leak)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types contracts docs schemas bench lock clean spark-test audit

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

$(VENV)/.base: requirements/base.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "unfog needs Python 3.11 or newer; none was found on PATH (set PYTHON=...)"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes -r requirements/base.txt
	$(PIP) install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.base ## Make the environment; .venv/bin/unfog works afterwards

demo: setup ## Run the reference case end to end and say where the report is
	$(BIN)/unfog demo --out $(OUT)/uk-trade-leaks-2019 $(if $(DATA),--data $(DATA))

test: $(VENV)/.dev ## Run the whole suite
	$(BIN)/python -m pytest -n 2 -m "not spark" $(PYTEST_ARGS)

check: lint types contracts test ## Everything CI checks, without Spark

lint: $(VENV)/.dev ## Style and security rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## Strict types
	$(BIN)/mypy

contracts: $(VENV)/.dev ## Arrows fall: import contracts
	$(BIN)/lint-imports

$(VENV)/.spark: $(VENV)/.dev requirements/spark.txt
	$(PIP) install --quiet --require-hashes -r requirements/spark.txt
	@touch $@

spark-test: $(VENV)/.spark ## The same steps on Spark (needs Java 17)
	$(BIN)/python -m pytest -m spark tests/engines

audit: $(VENV)/.dev ## Known vulnerabilities in locked dependencies
	-$(PIP) install --quiet pip-audit
	$(BIN)/python .ci/audit.py requirements/base.txt

schemas: setup ## Write schemas/ anew from the code
	$(BIN)/python -m unfog.cli._schemas schemas

docs: setup ## Build the documentation site into site/
	$(PIP) install --quiet "mkdocs-material>=9.5" "mkdocstrings[python]>=0.27"
	$(BIN)/mkdocs build --strict

bench: $(VENV)/.dev ## List the benchmarks
	@ls benchmarks/*.py

lock: ## Write the lock files anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml -o requirements/base.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra dev -c requirements/base.txt pyproject.toml -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra spark -c requirements/base.txt pyproject.toml -o requirements/spark.txt

clean: ## Remove what was made, but not the environment
	rm -rf $(OUT) site build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
