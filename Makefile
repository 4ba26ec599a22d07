# `make help` says what there is. The work is in tools/ (set-up, tests) and in the `lms` command.

# The first of these that is Python 3.11 or newer; choose another with `make demo PYTHON=/path/to/python`.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup demo run test bench fuzz gallery lint fmt i18n lock clean

help:  ## what each target does
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## /\1\t/' | expand -t 10

setup: python  ## bring everything the platform needs into this folder
	@$(PYTHON) -m tools.setup

demo: python  ## set up, load the demo province, start on 127.0.0.1:8000 (PORT=… for another port)
	@$(PYTHON) -m tools.setup && exec $(VENV)/lms run --demo

run: python  ## the same without demo data
	@$(PYTHON) -m tools.setup && exec $(VENV)/lms run

test: python  ## lint, types, import rules, all tests on SQLite and PostgreSQL, browser tests
	@$(PYTHON) -m tools.setup --dev && exec $(VENV)/python -m tools.test $(ARGS)

bench: python  ## measure pages, certificates, rolls and eligibility beside bare Flask
	@$(PYTHON) -m tools.setup --dev && exec $(VENV)/python -m benchmarks $(ARGS)

fuzz: python  ## a million odd codes, the Python and the JavaScript reader side by side
	@$(PYTHON) -m tools.setup --dev && exec $(VENV)/python -m benchmarks.fuzz $(ARGS)

gallery: python  ## every page of the demonstration in pictures, as each role sees it (var/gallery)
	@$(PYTHON) -m tools.setup --dev && exec $(VENV)/python -m tools.gallery $(ARGS)

lint: python  ## ruff, types and import rules only
	@$(PYTHON) -m tools.setup --dev && exec $(VENV)/python -m tools.test --only lint,format,types,imports

fmt: python  ## put code in the house's form
	@$(PYTHON) -m tools.setup --dev && $(VENV)/ruff check --fix --quiet . ; $(VENV)/ruff format .

i18n: python  ## bring new texts into every module's Vietnamese catalogue
	@$(PYTHON) -m tools.setup --dev && exec $(VENV)/python -m tools.i18n update

lock: python  ## write the lock files anew (needs uv)
	@$(PYTHON) -m tools.lock $(ARGS)

clean:  ## remove what set-up and tools made; the instance and its data stay
	rm -rf .venv node_modules var lms/web/static/vendor lms/fonts/*.ttf *.egg-info .pytest_cache .mypy_cache .ruff_cache

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. On Debian or Ubuntu: sudo apt-get install python3 python3-venv"; exit 1; }
