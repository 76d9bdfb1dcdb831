# Two commands matter: `make run` and `make test`. Both work in a fresh clone on Debian 12 with python3 and make.
SHELL := /bin/bash
HOST ?= 127.0.0.1
PORT ?= 5000
PY := .venv/bin/python
UV_LOCK := $(PY) -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--fork-strategy fewest --no-emit-index-url --no-emit-find-links --no-header --no-annotate
export PYTHONPATH := platform

.DEFAULT_GOAL := help
.PHONY: help run test fast lint format types assets lock bench venv dev clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: venv  ## set up and start the site with its demo county on http://127.0.0.1:5000 (HOST=, PORT=)
	@$(PY) -m yanxiu demo --if-empty
	@exec $(PY) -m yanxiu serve --host $(HOST) --port $(PORT) --show-accounts

test: dev  ## everything: style, types, SQLite, PostgreSQL, browsers, assets
	@$(PY) tools/suite.py

fast: dev  ## style, types and the tests on SQLite
	@$(PY) tools/suite.py fast

lint: dev  ## style only
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

format: dev  ## put the code into its form
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

types: dev  ## type checker only
	@$(PY) -m mypy

assets:  ## build static/dist from static/src (needs Node)
	@npm ci --ignore-scripts --no-audit --no-fund --silent && node static/src/build.mjs

lock: dev  ## write requirements/*.lock and package-lock.json anew from what pyproject.toml and package.json ask for
	@$(UV_LOCK) -o requirements/run.lock
	@$(UV_LOCK) --group dev -c requirements/run.lock -o requirements/dev.lock
	@npm install --package-lock-only --ignore-scripts --no-audit --no-fund --silent

bench: dev  ## measure pages, sockets and bursts; prints tables
	@$(PY) benchmarks/pages.py
	@$(PY) benchmarks/sockets.py
	@$(PY) benchmarks/burst.py

venv:
	@bash tools/venv.sh run

dev:
	@bash tools/venv.sh dev

clean:  ## remove what can be made again (never the data in instance/)
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find platform tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
