# Two commands for a reader: `make reproduce` and `make test`. Both set up .venv on first use.
# Works with the make of macOS (3.81). Another Python: make clean, then make test PYTHON=/path/to/python

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

# The first that really runs and is new enough: a version manager's stub may exist and still fail.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && { echo $$p; break; }; done)

# Set in many containers; with it, every kernel would compile pandas and matplotlib anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup reproduce test notebooks test-slow check bench lock clean

reproduce: notebooks

notebooks: $(STAMP)
	$(BIN)/python notebooks/run.py

test: $(STAMP)
	$(BIN)/python -m pytest --nbval

test-slow: $(STAMP)
	$(BIN)/python -m pytest -m "slow or not slow" tests

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

bench: $(STAMP)
	$(BIN)/python benchmarks/imports.py
	$(BIN)/python benchmarks/extraction.py
	$(BIN)/python benchmarks/corpus.py
	$(BIN)/python benchmarks/screens.py
	$(BIN)/python benchmarks/panel.py
	$(BIN)/python benchmarks/audit.py
	$(BIN)/python benchmarks/inference.py
	$(BIN)/python benchmarks/design.py
	$(BIN)/uv venv -q --allow-existing --python $(BIN)/python .venv-peers
	$(BIN)/uv pip install -q --python .venv-peers/bin/python -c constraints.txt -b constraints.txt -e '.[all]' \
	  -r benchmarks/peers.txt
	.venv-peers/bin/python benchmarks/effects.py
	.venv-peers/bin/python benchmarks/honest.py

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed, and $(if $(PYTHON),$(PYTHON) is not that,none was found)." >&2; \
	  echo "  Install one, or say where it is: make setup PYTHON=/path/to/python" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV) || { \
	  rm -rf $(VENV); \
	  echo "$(PYTHON) cannot make a virtual environment." >&2; \
	  echo "  On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt uv
	$(BIN)/uv pip install -q --python $(BIN)/python -c constraints.txt -b constraints.txt -e '.[all]'
	@touch $@

# Writes constraints.txt anew from pyproject.toml, with the newest releases. Then bring the pins in
# environment.yml into line (tests/test_environment.py names those that differ), run `make setup`, and look
# at what `make notebooks` changes. uv installs, and hatchling builds, the package: so they are pinned too.
# jsonschema from 4.25 on takes a second to start, for a grammar of web addresses that no notebook has;
# nbformat imports it, and so do Jupyter, pytest with nbval, and each of its workers.
lock: $(STAMP)
	printf 'uv\nhatchling\njsonschema<4.25\n' | $(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 \
	  --all-extras --no-header --no-annotate --no-emit-index-url pyproject.toml - -o constraints.txt

clean:
	rm -rf $(VENV) .venv-peers build dist .pytest_cache .ruff_cache
	find . -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf
