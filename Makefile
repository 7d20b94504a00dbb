# `make bench` and `make test` do all the set-up: they need Python 3.11 or newer, git and make.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,$(if $(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo yes),$(name))))
BIN := .venv/bin

.PHONY: bench test test-all check results lint speed lock clean

bench: .venv/installed ## the default benchmark: scoreboard and report
	$(BIN)/boilerbench run

test: .venv/installed lint ## everything but what is marked slow, a file of tests per core at a time
	$(BIN)/pytest --numprocesses=auto --dist=loadfile

test-all: .venv/installed lint ## the slow tests too
	$(BIN)/pytest --numprocesses=auto --dist=loadfile -m "slow or not slow"

check: .venv/installed ## today's code against the accepted baseline, results/default
	$(BIN)/boilerbench run --fresh --output results/check >/dev/null
	$(BIN)/boilerbench check results/check --gates bench/gates.toml

results: .venv/installed ## the scoreboard of the public corpora; needs CORPUS_DIR=a folder of copies
	$(BIN)/python bench/results.py $(CORPUS_DIR)

lint: .venv/installed
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/python corpora/gazette/build.py --check

speed: .venv/installed ## boilerbench beside what it replaces; needs CORPUS=a copy of scrapinghub
	$(BIN)/python bench/speed/run_against_bare.py $(CORPUS)
	$(BIN)/python bench/speed/rouge.py $(CORPUS)
	$(BIN)/python bench/speed/scrapinghub_evaluation.py $(CORPUS)
	$(BIN)/python bench/speed/scoring.py $(CORPUS)

lock: .venv/installed ## pin the newest releases that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-header \
	  --no-emit-index-url --no-annotate --python-version 3.11 \
	  --group pyproject.toml:dev pyproject.toml --output-file requirements.lock

# The lock file is complete, so pip has nothing to resolve (older ones fail at it), only hashes to
# check; boilerbench itself is installed from this checkout.
.venv/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "boilerbench needs Python 3.11 or newer: none found" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "no venv module: trying to install Debian's python3-venv" >&2; \
	  apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv .venv; } || \
	  { rm -rf .venv; echo "$(PYTHON) cannot make a virtual environment" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
