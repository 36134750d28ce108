# `make` alone lists what there is. Everything is installed into .venv; nothing here needs root.

PY := .venv/bin/python
PIP := $(PY) -m pip install -qq --disable-pip-version-check --no-input
PYTEST_ARGS ?=
CHROMIUM := /usr/bin/chromium
SOURCES := selfservice integrations loyalty_api simulators bench chaos
# The checks run beside a demo without touching its data.
CHECK_FOLDER := var/check
# The type checker reads the settings, which want values; it connects to nothing.
TYPE_CHECK_ENV := DATABASE_URL=postgresql://nobody@localhost/none REDIS_URL=redis://localhost \
	SECRET_KEY=only-read-by-the-type-checker-which-signs-and-encrypts-nothing \
	FIELD_ENCRYPTION_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

# An interpreter that was upgraded away, or an environment cut short, is made anew.
ifneq ($(shell $(PY) -c 'import pip, sys; print(sys.version_info >= (3, 11))' 2>/dev/null),True)
$(shell rm -f .venv/.made .venv/.installed .venv/.installed-dev)
endif

.DEFAULT_GOAL := help
.PHONY: help demo test check bench chaos fix messages format-check lint templates-check types imports migrations chromium

help:
	@echo "Selfservice: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 10

demo: .venv/.installed ## start everything with demo data; Ctrl-C stops it, the data stay
	@exec $(PY) manage.py demo

test: .venv/.installed-dev chromium ## run all tests; SKIP_BROWSER=1 leaves out the browser ones
	@$(PY) -m pytest -n auto --maxprocesses=4 --dist loadscope --no-loadscope-reorder $(PYTEST_ARGS)

check: format-check lint templates-check imports migrations ## what CI runs: format, lint, types, imports, migrations, tests
	@$(MAKE) --no-print-directory -j2 types test

bench: .venv/.installed-dev ## run the benchmarks
	@$(PY) -m bench

chaos: .venv/.installed-dev ## break delivery in every known way and count; FAULTS="F02 F20" for some
	@$(PY) -m chaos $(foreach fault,$(FAULTS),--fault $(fault)) $(CHAOS_ARGS)

fix: .venv/.installed-dev ## put format and lint right where a tool can
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .
	@$(call templates,$(PY) -m djhtml --tabwidth 2)

messages: .venv/.installed-dev ## collect the texts for translation and compile the German ones
	@$(PY) -m tests.meta.messages

# --- the parts of check -----------------------------------------------------------------------------------------

templates = find . \( -path ./.venv -o -path ./var -o -path ./static \) -prune -o -name '*.html' -print | xargs -r $(1)

format-check: .venv/.installed-dev
	@echo "Format"; $(PY) -m ruff format --check --quiet . || { echo "Run make fix."; exit 1; }

lint: .venv/.installed-dev
	@echo "Lint"; $(PY) -m ruff check --quiet .

templates-check: .venv/.installed-dev
	@echo "Templates"; $(call templates,$(PY) -m djhtml --check --tabwidth 2)

types: .venv/.installed-dev
	@echo "Types"; $(TYPE_CHECK_ENV) $(PY) -m mypy manage.py $(SOURCES)

imports: .venv/.installed-dev
	@echo "Imports"; $(PY) .venv/bin/lint-imports

migrations: .venv/.installed-dev
	@echo "Migrations"; VAR_FOLDER=$(CHECK_FOLDER) $(PY) manage.py makemigrations --check --dry-run

# --- what the targets stand on ----------------------------------------------------------------------------------

.venv/.made:
	@if ! $(PY) -m pip --version >/dev/null 2>&1; then \
	  for python in python3.11 python3.12 python3.13 python3 python; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then echo "Selfservice needs Python 3.11 or newer, and none is on the PATH." >&2; exit 1; fi; \
	  echo "Creating .venv with $$found …"; \
	  $$found -m venv --clear .venv || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }; \
	fi
	@touch $@

.venv/.installed: requirements.txt | .venv/.made
	@echo "Installing the requirements (about a minute the first time) …"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements.txt requirements-kafka.txt requirements-dev.txt | .venv/.made
	@echo "Installing the requirements of the tests (about two minutes the first time) …"
	@$(PIP) -r requirements-dev.txt
	@touch $@ .venv/.installed

chromium:
	@if [ -n "$$SKIP_BROWSER" ]; then \
	  echo "SKIP_BROWSER is set: the browser tests are skipped."; \
	elif [ ! -x $(CHROMIUM) ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Debian's chromium for the browser tests …"; \
	    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install chromium; } >/dev/null; \
	  fi; \
	  if [ ! -x $(CHROMIUM) ]; then \
	    echo "The browser tests need Debian's package chromium (apt-get install chromium); SKIP_BROWSER=1 skips them." >&2; exit 1; \
	  fi; \
	fi
