# Everything the project can be asked to do. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
BROWSER ?= yes
TESTS ?=
FAULTS ?= 200
COVERAGE ?=
ORACLE ?= 60000

REFRESHES ?= 10000
KILLS ?= 20

.PHONY: help run test oracle coverage faults soak check fix bench screenshots lock clean

help: ## Show what can be asked.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## Start the collector and the web on http://127.0.0.1:8050 with a simulated province.
	@deploy/setup.sh run
	@$(BIN)/python app.py run

test: ## Run all tests. Some: TESTS=tests/store; without Chromium: BROWSER=no.
	@deploy/setup.sh dev
	@deploy/setup.sh broker
	@deploy/setup.sh database
ifeq ($(BROWSER),yes)
	@deploy/setup.sh browser
endif
	@$(BIN)/python -m pytest --no-header $(if $(TESTS),$(TESTS),--numprocesses $$(( $$(nproc) * 3 / 2 )) --dist loadfile --no-loadscope-reorder $(COVERAGE)) $(if $(filter no,$(BROWSER)),--ignore=tests/browser)

oracle: ## Count 60,000 dossiers a second time, one by one, by every grain. Fewer: ORACLE=10000.
	@deploy/setup.sh dev
	@$(BIN)/python -m pytest --no-header -q --timeout=0 tests/test_oracle*.py tests/metrics/test_random_worlds.py --oracle $(ORACLE)

coverage: ## Run all tests and print the coverage of domain, metrics and store; a quarter slower.
	@$(MAKE) test COVERAGE="--cov --cov-report=term"

faults: ## Bring every fault about 200 times, and print what it did. Fewer: FAULTS=20.
	@deploy/setup.sh dev
	@$(BIN)/python -m pytest --no-header -q tests/faults --faults $(FAULTS)

soak: ## Leave a wall alone: 10,000 refreshes, 20 kills of its server. Fewer: REFRESHES=500 KILLS=3.
	@deploy/setup.sh dev
	@deploy/setup.sh browser
	@$(BIN)/python -m tests.browser.soak --refreshes $(REFRESHES) --kills $(KILLS)

check: ## Check style, types and the rooms' import contracts.
	@deploy/setup.sh dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

fix: ## Repair what the checks can repair by themselves.
	@deploy/setup.sh dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: ## Measure speed against the rivals and the budgets, in one run on this machine.
	@deploy/setup.sh dev
	@$(BIN)/python -m benchmarks

screenshots: ## Take the manuals' pictures from the running program.
	@deploy/setup.sh dev
	@deploy/setup.sh browser
	@$(BIN)/python -m docs.screenshots

lock: ## Write requirements*.txt anew from pyproject.toml, for every Python we support.
	@deploy/setup.sh dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@$(LOCK) --group dev --output-file requirements-dev.txt
	@cp requirements-dev.txt requirements.txt
	@$(LOCK) --output-file requirements.txt

# Versions already in the output file are kept where they still fit, so the second list agrees
# with the first.
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --custom-compile-command 'make lock'

clean: ## Remove caches and reports; never the data in var/.
	@rm -rf .coverage htmlcov .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +
