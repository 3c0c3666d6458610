# guzar: everything a newcomer, a developer or CI runs. `make` alone lists the targets.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
RUN    := $(VENV)/bin
WORKSPACE ?= demo/workspace
PORT ?= 8000
# A worker per processor, each taking whole files, in the order that tests/conftest.py gives them.
SHARED_OUT := --numprocesses logical --maxprocesses 3 --dist loadfile --no-loadscope-reorder
# Memory that tests let go stays with their process: asking for it anew, page by page, is a fifth of estimation.
KEEP_MEMORY := MALLOC_MMAP_THRESHOLD_=134217728 MALLOC_TRIM_THRESHOLD_=536870912
# Threads of linear algebra spin while they wait: beside another process they wait for long.
NO_SPINNING := OPENBLAS_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help demo test check serve verify bench bundle lock docs reference clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

demo: $(VENV)/core  ## install the core and run the whole house on the data that ship
	$(RUN)/guzar demo --out demo

test: $(VENV)/tests  ## install what the tests need and run them (at most 15 minutes)
	$(RUN)/python tools/install_system_packages.py
	$(KEEP_MEMORY) $(NO_SPINNING) $(RUN)/python -m pytest -m "not full" $(SHARED_OUT)

check: $(VENV)/tests  ## format, lint, types, imports
	$(RUN)/ruff format --check src tests tools benches
	$(RUN)/ruff check src tests tools benches
	$(RUN)/mypy
	$(RUN)/lint-imports

serve: $(VENV)/core  ## the demo's release as an SDMX service, with its site, at http://127.0.0.1:8000 (or PORT=…)
	$(RUN)/guzar serve --workspace $(WORKSPACE) --site demo/site --port $(PORT)

verify: $(VENV)/tests  ## full-size acceptance (at most 75 minutes); writes its tables to docs/acceptance
	$(RUN)/python tools/install_system_packages.py
	$(RUN)/python tools/verify.py

bench: $(VENV)/tests  ## measure the slow steps; prints ratios against a named floor in the same run
	for each in benches/*.py; do $(RUN)/python $$each || exit 1; done

bundle: $(VENV)/core  ## one archive of wheels, fonts and data that installs without a network (Linux, Windows)
	$(RUN)/python tools/make_bundle.py --out dist

docs: $(VENV)/core  ## generate the data dictionary, glossary and command pages from the code
	$(RUN)/python tools/make_docs.py

reference: $(VENV)/core  ## make the shipped figures again from published files in ../shared/data
	$(RUN)/python tools/make_reference.py ../shared/data

lock:  ## resolve the dependencies again and pin them
	uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate pyproject.toml -o requirements/core.txt
	uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate pyproject.toml --group tests -o requirements/tests.txt

clean:  ## remove what the other targets made
	rm -rf $(VENV) demo dist build bundle

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/core: requirements/core.txt pyproject.toml | $(VENV)/bin/python
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/core.txt
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/tests: requirements/tests.txt $(VENV)/core
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/tests.txt
	touch $@
