# Lianshu 链枢. `make demo` shows it, `make test` proves it; both set themselves up.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
DIR ?= demo-workspace
SERVE ?= 1
BENCH ?=
ARGS ?=

# What the product needs, and what testing it needs on top; each stamp is newer than what it was made from.
RUN := .venv/.stamp-run
FRONT := .venv/.stamp-front
TEST := .venv/.stamp-test

.PHONY: help setup demo test test-slow lint format bench docs screenshots lock clean distclean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | column -t -s "$$(printf '\t')"

$(BIN)/python:
	@tools/make_venv.sh $(PYTHON)

$(RUN): requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "setup: installing the pinned packages of requirements/run.txt"
	@$(PIP) install --quiet --require-hashes -r requirements/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(FRONT): package.json package-lock.json requirements/node.txt tools/copy_vendor.py tools/front_end.sh | $(BIN)/python
	@tools/front_end.sh
	@touch $@

$(TEST): requirements/all.txt $(RUN)
	@echo "setup: installing the pinned test tools of requirements/all.txt"
	@$(PIP) install --quiet --require-hashes -r requirements/all.txt
	@touch $@

setup: $(RUN) $(FRONT) $(TEST) ## install everything into .venv

demo: $(RUN) $(FRONT) ## a workspace with the bundled real chain, served on loopback (DIR=folder, SERVE=0: stop after the summary)
	@$(BIN)/lianshu demo --dir "$(DIR)" $(if $(filter 0 no false,$(SERVE)),--no-serve)

test: setup lint ## linters and the fast tests (ARGS: more for pytest)
	@$(BIN)/python -m pytest -m "not slow" $(ARGS)

test-slow: setup ## crash, fuzz, scale and browser tests
	@$(BIN)/python -m pytest -m slow $(ARGS)

lint: $(TEST) ## ruff, mypy, import-linter
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(TEST) ## let ruff lay the code out
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

bench: setup ## the measured ratios (BENCH=name: one of them)
	@$(BIN)/python -m benchmarks $(BENCH)

docs: setup ## write what is generated of the documents: reference pages, outputs of the notebook
	@$(BIN)/python tools/make_reference.py
	@$(BIN)/python tools/make_notebook.py

screenshots: setup ## write the pictures of the README from the demonstration (needs Chromium)
	@$(BIN)/python tools/make_screenshots.py

lock: $(BIN)/python ## resolve the pins anew: hashes, no index addresses
	@tools/lock.sh

clean: ## remove what running made; keep .venv
	rm -rf demo-workspace build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove what setup made, too
	rm -rf .venv node_modules src/lianshu/site/static/vendor
