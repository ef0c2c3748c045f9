# Everything runs in .venv, which is made on first use; nothing else is needed first.

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(if $(shell $(name) -c 'import sys; print(sys.version_info >= (3, 11) or "")' 2>&1 | grep -x True),$(name))))
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# Where Python comes without ensurepip, virtualenv makes the environment from a folder of its own, and nothing is installed elsewhere.
$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found; say PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>$(VENV)-why || { \
	  rm -rf $(VENV); \
	  $(PYTHON) -m pip install --quiet --disable-pip-version-check --target $(VENV)-maker virtualenv \
	    && PYTHONPATH=$(VENV)-maker $(PYTHON) -m virtualenv --quiet $(VENV) || { cat $(VENV)-why >&2; rm -rf $(VENV)-why $(VENV)-maker; exit 1; }; }
	@rm -rf $(VENV)-why $(VENV)-maker
	@touch $@

$(VENV)/demo: $(VENV)/made pyproject.toml
	@echo "== installing into $(VENV)"
	@$(PIP) install -e '.[api,ledger,parquet]'
	@touch $@

$(VENV)/dev: $(VENV)/made pyproject.toml
	@echo "== installing into $(VENV)"
	@$(PIP) install -e '.[dev,api,ledger,parquet,pdf,plots,traces,xlsx]'
	@touch $@ $(VENV)/demo

# Another program checks the books that are exported. It is run, never imported, and lives apart.
.venv-beancount/made:
	@echo "== installing bean-check"
	@$(PYTHON) -m venv .venv-beancount 2>&1 >.venv-beancount-why || $(BIN)/python -m virtualenv --quiet .venv-beancount
	@rm -f .venv-beancount-why
	@.venv-beancount/bin/python -m pip install --quiet --disable-pip-version-check 'beancount>=3,<4'
	@touch $@

demo: $(VENV)/demo  ## price the 121,253 order lines of AdventureWorks from rule text, settle four years of its resellers
	@$(BIN)/python rules/adventureworks/demo.py
	@echo; $(BIN)/python rules/resellers/demo.py
	@echo; $(BIN)/python api/demo.py

test: $(VENV)/dev .venv-beancount/made  ## all checks and tests, as CI runs them
	@echo "== ruff check"; $(BIN)/ruff check .
	@echo "== ruff format"; $(BIN)/ruff format --check .
	@$(BIN)/python -m tests.generated.long --pairs 1000 >$(VENV)/pairs.txt 2>&1 & pairs=$$!; \
	$(BIN)/python -m benchmarks.soak >$(VENV)/soak.txt 2>&1 & soak=$$!; \
	$(BIN)/python -m tests.fuzz.run --seconds 60 >$(VENV)/fuzz.txt 2>&1 & fuzz=$$!; trap 'kill $$pairs $$soak $$fuzz 2>/dev/null' EXIT; \
	echo "== mypy"; $(BIN)/mypy || exit 1; \
	echo "== import contracts"; $(BIN)/lint-imports || exit 1; \
	echo "== rules"; for folder in $(filter-out rules/contracts/ rules/trades/,$(wildcard rules/*/)); do $(BIN)/rebates check $$folder && $(BIN)/rebates test $$folder || exit 1; done; \
	echo "== wheel"; $(BIN)/python tests/packaging/smoke.py || exit 1; \
	echo "== what it is made with"; $(BIN)/python tests/packaging/supply.py || exit 1; \
	echo "== tests"; $(BIN)/python -m pytest -q -n auto || failed=1; \
	echo "== a minute of texts that nobody would write, read meanwhile"; wait $$fuzz || failed=1; cat $(VENV)/fuzz.txt; \
	echo "== generated pairs, drawn meanwhile"; wait $$pairs || failed=1; cat $(VENV)/pairs.txt; \
	echo "== three minutes of quotes, asked meanwhile"; wait $$soak || failed=1; cat $(VENV)/soak.txt; exit $${failed:-0}

fmt: $(VENV)/dev  ## format code and rules
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/rebates fmt rules

docs: $(VENV)/dev  ## the documentation as a site, in build/docs; every warning is an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict && echo "open build/docs/index.html"

bench: $(VENV)/dev  ## benchmarks, side by side with their baselines, and the plot of docs/performance.md
	@$(BIN)/python -m benchmarks.compare
	@$(BIN)/python -m benchmarks.plot
	@$(BIN)/python -m pytest -q benchmarks --benchmark-only

long: $(VENV)/dev  ## what is too long for CI: 20,000 generated pairs of rule set and order; SEED=n goes on from there
	@$(BIN)/python -m tests.generated.long --pairs 20000 --seed $(or $(SEED),0)
	@echo "== a ledger that is killed, and one beside a plain list"; KILLS=5000 MACHINES=2000 SHUFFLES=50 $(BIN)/python -m pytest -q tests/ledger/test_reliability.py tests/ledger/test_beside_a_list.py
	@echo "== 10,000 sums of what is divided, 1,000 agreements settled daily, monthly, once"; CASES=10000 CADENCES=1000 $(BIN)/python -m pytest -q tests/properties/test_sums.py tests/properties/test_cadence.py
	@echo "== histories"; $(BIN)/python -m tests.generated.settled --histories 20000 --seed $(or $(SEED),0)
	@echo "== seeded faults"; $(MAKE) --no-print-directory faults
	@echo "== a million texts that nobody would write"; $(BIN)/python -m tests.fuzz.run --inputs 1000000 --seed $(or $(SEED),0)
	@echo "== the service: 200 reloads under load, 2,000 cases a route, 10,000 connections, workers killed"; RELOADS=200 CASES=2000 CONNECTIONS=10000 WORKER_KILLS=50 $(BIN)/python -m pytest -q tests/api
	@echo "== an hour of quotes"; $(BIN)/python -m benchmarks.soak --seconds 3600 --rate 0
	@if $(BIN)/python -c 'import atheris' 2>/dev/null; then $(BIN)/python -m tests.fuzz.coverage_guided -runs=100000 -timeout=10 -rss_limit_mb=512; fi

faults: $(VENV)/dev  ## seeded faults in a copy of the code: each has to be found by its test
	@$(BIN)/python -m tests.faults.run

# A name on the path is not enough: version managers leave names there that start nothing.
test-all:  ## the tests on every Python of 3.11 to 3.13 that is installed
	@for version in 3.11 3.12 3.13; do \
	  if python$$version -c '' >/dev/null 2>&1; then \
	    echo "== python$$version"; $(MAKE) --no-print-directory test PYTHON=python$$version VENV=.venv-$$version || exit 1; \
	  else echo "== python$$version is not installed"; fi; \
	done

clean:  ## remove what was made
	@rm -rf .venv .venv-* build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks

.PHONY: help demo test fmt docs bench long faults test-all clean
