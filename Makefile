# `make` alone lists the targets. Every target builds what it needs.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
UV ?= $(shell command -v uv 2>/dev/null)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
IMAGE ?= lambdatui
BASE ?= python:3.12-slim-bookworm
PYTEST_ARGS ?=
# As many tests at a time as there are processors, but not so many that they wait for each other's processes.
PARALLEL ?= --numprocesses auto --maxprocesses 4 --dist worksteal
# The example's functions run on the Python that is there, whichever it is.
RUNTIME_OF = PythonRuntime=$$($(1) -V | cut -d. -f1,2 | tr P p | tr -d " ")

.PHONY: help run test test-fast check format bench docs constraints build clean docker-build docker-run

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(READY) ## the example project: in the terminal UI, or as a headless tour where there is no terminal
	@if [ -t 0 ] && [ -t 1 ] && [ -t 2 ]; then tour=; else tour=tour; fi; \
	exec $(BIN)/lambdatui $$tour examples/orders --parameter-overrides "$(call RUNTIME_OF,$(BIN)/python)"

test: $(READY) ## every test
	$(BIN)/python -m pytest $(PARALLEL) $(PYTEST_ARGS)

test-fast: $(READY) ## only the tests without processes and terminals
	$(BIN)/python -m pytest tests/unit $(PYTEST_ARGS)

check: $(READY) ## format, lint, types and import layers, without changing a file
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## format and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(READY) ## measure against the peers and limits; BENCH_ARGS are passed on
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

docs: $(READY) ## write anew what is made from the code: events, life cycle, configuration, conformance, keys, pictures
	$(BIN)/python -m lambdatui.telemetry.describe_events > docs/events.md
	$(BIN)/python -m lambdatui.lifecycle.describe_tables > docs/lifecycle.md
	$(BIN)/python -m lambdatui.project.describe_configuration > docs/configuration.md
	$(BIN)/python -m pytest -q $(PARALLEL) --conformance=docs/conformance.md
	$(BIN)/python docs/screenshots.py
	$(BIN)/lambdatui demo --record docs/demo.cast --size 100x30 --pause 2

constraints: ## compile constraints.txt anew from pyproject.toml (needs uv); UPGRADE=1 takes newer versions
	@test -n "$(UV)" || { echo "constraints.txt is compiled by uv, and uv is not on PATH: https://docs.astral.sh/uv/" >&2; exit 1; }
	$(UV) pip compile pyproject.toml --extra dev --output-file constraints.txt --quiet --universal --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make constraints" $(if $(UPGRADE),--upgrade)

build: $(READY) ## the wheel, in dist/
	rm -rf dist
	$(if $(UV),$(UV) build --quiet --wheel,$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .)
	@ls -l dist

clean: ## remove the virtual environment and everything that was built
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis snapshot_report.html
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

docker-build: ## the tool's own image; BASE=... chooses the base image, IMAGE=... the name
	docker build --build-arg BASE="$(BASE)" --tag "$(IMAGE)" .

docker-run: docker-build ## the image on the example project
	docker run --rm -it -v "$(CURDIR)/examples/orders:/work" --entrypoint sh "$(IMAGE)" \
		-ec 'exec lambdatui --parameter-overrides "$(call RUNTIME_OF,/opt/lambdatui/bin/python)"'

$(READY): pyproject.toml constraints.txt Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "lambdatui needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true)." >&2; \
		echo "Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
ifneq ($(UV),)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(UV) venv --quiet --clear --python "$(PYTHON)" $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python --constraints constraints.txt --editable '.[dev]'
else
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { \
		echo "Could not create $(VENV); on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
endif
	@touch $@
