# Everything lives in .venv: nothing is installed into the system.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
# files in their order: those that take longest have few tests, and would come last by the number of tests
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup demo lab check lint test lock sbom clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(READY) ## install everything into .venv (again only when the lock has changed)

demo: $(READY) ## from the sample data to finished pages
	$(BIN)/arshjul demo

lab: $(READY) ## the notebooks in JupyterLab
	$(BIN)/arshjul lab

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

check: lint ## style, types, directions of import, doctests and the quick tests
	$(PYTEST) -m "not slow and not browser and not faults"

test: $(READY) ## every test, also the slow ones and those that need Chromium
	$(PYTEST)

lock: $(READY) ## choose package versions anew and write them down with their hashes
	$(BIN)/uv pip compile --system-certs pyproject.toml --extra test --extra build --extra paper --extra dask --extra s3 --universal --upgrade --generate-hashes \
		--no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" --quiet -o requirements.lock
	echo uv | $(BIN)/uv pip compile --system-certs - --universal --upgrade --generate-hashes \
		--no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" --quiet -o requirements.installer.lock

sbom: ## the bill of materials of the locked packages, as CycloneDX JSON
	$(PYTHON) tools/sbom.py requirements.lock > sbom.json

clean: ## take away what was made: .venv, the store, the pages, the caches
	rm -rf .venv data/store build src/*.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache
	find reports -mindepth 1 ! -name README.md -delete
	find src tests notebooks -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock requirements.installer.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) was not found"; \
		echo "  mend:  apt-get install python3 python3-venv, or make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "error: Python 3.11 or newer is needed, found: $$($(PYTHON) --version)"; \
		echo "  mend:  make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "error: this Python cannot make a virtual environment (python3-venv is missing)"; \
		echo "  mend:  apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.installer.lock
	$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)
