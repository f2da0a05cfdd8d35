# make demo, make test: each works alone on a fresh checkout with Python 3.11 or newer and make.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
RUN := .venv/bin/python
PIP := $(RUN) -m pip --quiet --disable-pip-version-check
STAMP := .venv/.installed

.PHONY: fuzz mutants demo test lint check format bench corpus docs install clean

demo: $(STAMP)
	@$(RUN) -m gradproof "L(X*W')" W --notation both

test: $(STAMP)
	$(RUN) -m pytest

lint: $(STAMP)
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy

# Floors and sizes are tests too (tests/test_house.py).
check: lint test

format: $(STAMP)
	$(RUN) -m ruff format .
	$(RUN) -m ruff check --fix .

bench: $(STAMP)
	$(RUN) benchmarks/figures.py || true
	$(RUN) benchmarks/scaling.py $(if $(BASE),--base $(BASE))

# make corpus DO="record build/before", then DO="record build/after", then DO="compare build/before build/after"
DO ?= record build/corpus
corpus: $(STAMP)
	$(RUN) benchmarks/corpus.py $(DO)

# Planted faults in proof/ and calculus/: are they noticed? PLANT="COUNT SEED WORD"
mutants: $(STAMP)
	$(RUN) benchmarks/mutants.py $(PLANT)

# Random programs over the whole table of operators: SEEDS of them, from the seed FROM on.
fuzz: $(STAMP)
	$(RUN) benchmarks/fuzz.py $(or $(SEEDS),100000) $(or $(FROM),1000000)

docs: $(STAMP)
	$(RUN) -m gradproof rules --part rules --format markdown -o docs/rules.md
	$(RUN) -m gradproof rules --part operators --format markdown -o docs/operators.md
	$(RUN) -m gradproof rules --part errors --format markdown -o docs/errors.md
	$(RUN) tests/documents.py
	$(RUN) -m gradproof gallery --all --format markdown -o docs/gallery.md

install: $(STAMP)

# A virtual environment that stands and works is adopted; any other is built anew.
$(STAMP): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "gradproof needs Python 3.11 or newer" >&2; exit 1; }
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(PIP) install -r requirements-dev.lock
	$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
