# Everything one types in a checkout. Needs Python 3.11 or later and make; all else goes into .venv from requirements.lock.
.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint bench pages lock clean venv

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP   := $(BIN)/python -m pip --disable-pip-version-check

# The first Python that is new enough and can make virtual environments; `make PYTHON=/path/to/python` overrides it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1  /p' Makefile | awk '{ t = $$1; $$1 = ""; printf "make %-10s%s\n", t, $$0 }'

demo: $(STAMP)  ## set up everything, play a real scenario, print the verdict; report and maps go to out/
	@$(BIN)/python -m wargame demo

test: lint  ## set up everything; checks and all tests but the long studies
	@$(BIN)/python -m pytest -n auto -m "not slow"

test-all: lint  ## checks and all tests, long studies included
	@$(BIN)/python -m pytest -n auto

lint: $(STAMP)  ## style and types only
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy

bench: $(STAMP)  ## measure the budgets of the design; writes out/benchmarks.json
	@$(BIN)/python -m benchmarks

pages: $(STAMP)  ## draw the README's picture and write the validation pages anew, after a change of the rules
	@$(BIN)/python -m wargame run fall_weiss_1939 --seed 7 --out out/pages --force --quiet > /dev/null
	@$(BIN)/python -m wargame map out/pages --date 1939-09-12 -o docs/pictures/fall_weiss_1939-09-12.png
	@$(BIN)/python -m wargame validate-history --seeds 200 -o docs/validation.md
	@$(BIN)/python -m wargame validate-history fall_gelb_1940 --seeds 40 -o docs/validation_gelb.md
	@$(BIN)/python -m wargame validate-history barbarossa_1941 --seeds 24 -o docs/validation_barbarossa.md
	@$(BIN)/python -m wargame validate-history --politics --seeds 10 -o docs/validation_politics.md

# Keeps the pins there are; `make lock LOCKFLAGS=--upgrade` moves them all forward.
lock: $(STAMP)  ## write requirements.lock anew after a change of dependencies in pyproject.toml
	@$(PIP) install --quiet pip-tools
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")' > $(VENV)/dev.in
	@$(BIN)/python -m piptools compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --no-header --no-annotate --strip-extras --allow-unsafe $(LOCKFLAGS) \
		--output-file requirements.lock pyproject.toml $(VENV)/dev.in

clean:  ## remove .venv, caches and builds; out/ with your runs stays
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv: $(STAMP)  ## the virtual environment only

# The package itself comes last and without dependencies: what is installed is what the lock says, each file by its hash.
$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or later with venv found. Install one (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python) or say which: make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than 3.11 or has no venv and ensurepip (Debian, Ubuntu: apt install python3-venv). Say which Python to use: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(BIN)/python -c 'import sys, pip; sys.exit(sys.prefix == sys.base_prefix)' >/dev/null 2>&1 || { echo "setting up $(VENV) with $$("$(PYTHON)" --version), about a minute ..."; "$(PYTHON)" -m venv --clear $(VENV); }
	@$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
