# Two commands do everything: `make reproduce` and `make test`. Both set up .venv first.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST_FLAGS ?= -n 2 --dist worksteal
# A test of `make test` that takes longer than this is named at the end: mend it, or mark it `slow`.
DURATIONS := --durations=10 --durations-min=10
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help reproduce test slow coverage check format ui setup clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(STAMP) ## make .venv with the tested versions

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "deepclaims needs Python 3.11: install it, or say make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (2.6 GB, the first time: from two minutes to a quarter of an hour)"
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	@touch $@
	@echo "done; next: . $(BIN)/activate, then make reproduce, or docs/own-research.md"

reproduce: $(STAMP) ## run the pipeline with the data that can be had, and name the report
	@test -e .git || $(BIN)/dvc config --local core.no_scm true
	@$(BIN)/dvc repro
	@$(BIN)/deepclaims report

test: $(STAMP) ## run the tests but the slow ones
	@$(BIN)/python -m pytest -m "not slow" $(DURATIONS) $(PYTEST_FLAGS)

slow: $(STAMP) ## run the slow tests: end to end, and over the whole catalogue
	@$(BIN)/python -m pytest -m slow $(PYTEST_FLAGS)

coverage: $(STAMP) ## run all tests, and say which lines none of them reached
	@$(BIN)/python -m pytest $(PYTEST_FLAGS) --cov --cov-report=term:skip-covered

check: $(STAMP) ## lint, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(STAMP) ## mend lint and format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

ui: $(STAMP) ## MLflow UI over all runs
	@$(BIN)/deepclaims ui

clean: ## remove data, runs and results (not reports/)
	rm -rf data .runs .mlflow registered results evidence rehearsal second .published.json
