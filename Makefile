# Everything runs in .venv, which is made on first use; nothing else is needed first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/made:
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); $(PYTHON) -m pip install --quiet --user virtualenv && $(PYTHON) -m virtualenv --quiet $(VENV); }
	@touch $@

$(VENV)/demo: $(VENV)/made pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[parquet]'
	@touch $@

$(VENV)/dev: $(VENV)/made pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,parquet,xlsx]'
	@touch $@ $(VENV)/demo

demo: $(VENV)/demo  ## price the 121,253 order lines of AdventureWorks from rule text
	@$(BIN)/python rules/adventureworks/demo.py

test: $(VENV)/dev  ## all checks and tests, as CI runs them
	@echo "== ruff"; $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "== mypy"; $(BIN)/mypy
	@echo "== import contracts"; $(BIN)/lint-imports
	@echo "== rules"; for folder in rules/*/; do $(BIN)/rebates check $$folder && $(BIN)/rebates test $$folder || exit 1; done
	@echo "== wheel"; $(BIN)/python tests/packaging/smoke.py
	@echo "== tests"; $(BIN)/python -m pytest -q -n 2

fmt: $(VENV)/dev  ## format code and rules
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/rebates fmt rules

bench: $(VENV)/dev  ## benchmarks, side by side with their baselines
	@$(BIN)/python -m benchmarks.compare
	@$(BIN)/python -m pytest -q benchmarks --benchmark-only

long: $(VENV)/dev  ## what is too long for CI: 20,000 generated pairs; SEED=n goes on from there
	@$(BIN)/python -m tests.generated.long --pairs 20000 --seed $(or $(SEED),0)

test-all:  ## the tests on every Python of 3.11 to 3.13 that is installed
	@for version in 3.11 3.12 3.13; do \
	  if command -v python$$version >/dev/null; then \
	    echo "== python$$version"; $(MAKE) --no-print-directory test PYTHON=python$$version VENV=.venv-$$version || exit 1; \
	  else echo "== python$$version is not installed"; fi; \
	done

clean:  ## remove what was made
	@rm -rf .venv .venv-* build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.PHONY: help demo test fmt bench long test-all clean
