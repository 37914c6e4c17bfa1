# `make` prints its targets; `make demo` and `make test` do all the set-up themselves.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

help: ## print the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev,heic,azure]"
	@touch $@

$(VENV)/.ready-for-tests: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev,heic,azure,ray]"
	@touch $@

install: $(VENV)/.ready ## the program and its tools in .venv

models: $(VENV)/.ready ## fetch and verify the model weights (1.3 GB, once)
	$(BIN)/mmi models pull

demo: models ## read the samples and show every value with its place
	$(BIN)/python tools/demo.py

check: $(VENV)/.ready ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: check models $(VENV)/.ready-for-tests ## checks and all tests, with real models and a real Ray
	$(BIN)/pytest

.venv-torch/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-torch
	.venv-torch/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev,torch]"
	@touch $@

test-torch: models .venv-torch/.ready ## the same conformance suites for the engines of the torch extra, in .venv-torch
	$(BIN)/mmi models pull easyocr-en
	.venv-torch/bin/python -m pytest tests/contracts

.venv-scale-out/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-scale-out
	.venv-scale-out/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev,ray]" pyspark
	@touch $@

test-scale-out: models .venv-scale-out/.ready ## the recipes of docs/scale-out.md, Spark among them (needs a Java runtime), in .venv-scale-out
	.venv-scale-out/bin/python -m pytest tests/recipes tests/faults/test_ray.py

bench-accuracy: models ## fill the labelled sets of MMI_BENCH_DATA and print how much of it is right
	$(BIN)/python -m bench.accuracy --naive 8 --save

docs: $(VENV)/.ready ## write the generated pages again
	$(BIN)/python tools/make_cli_docs.py

clean: ## remove what the targets made, weights apart
	rm -rf $(VENV) .venv-torch .venv-scale-out demo-out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help install models demo check test test-torch test-scale-out bench-accuracy docs clean
