# `make run` opens the program, `make test` checks all of it; both set up what they need. `make help` lists the rest.
# Only git, make and Python 3.11 to 3.13 have to be there.

ifndef PYTHON
PYTHON := $(shell sh tools/find_python.sh)
endif
VENV := .venv
IN_VENV := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test check bench screenshots setup setup-dev clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

run: setup  ## open the window; without a display, train LeNet-5 in the terminal (PROJECT=... opens another project)
	@$(IN_VENV) tools/qt_libraries.py --for-window
	@$(IN_VENV) main.py $(PROJECT)

test: setup-dev  ## install what is missing, then format, lint, types, import contracts and all tests
	@$(IN_VENV) tools/qt_libraries.py --for-tests
	@$(IN_VENV) tools/check.py; checked=$$?; $(IN_VENV) tools/run_tests.py $(ARGS) && exit $$checked

check: setup-dev  ## format, lint, types and import contracts, without the tests
	@$(IN_VENV) tools/check.py

bench: setup-dev  ## training speed, the window's heartbeat and the cost of checking, as ratios
	@$(IN_VENV) tools/bench.py

screenshots: setup-dev  ## pictures of every place, both themes, into docs/images
	@$(IN_VENV) tools/screenshots.py

setup:  ## create .venv and install what the program needs
	@$(if $(PYTHON),$(PYTHON) tools/setup.py,exit 1)

setup-dev:  ## create .venv and install what the program and its tests need
	@$(if $(PYTHON),$(PYTHON) tools/setup.py --dev,exit 1)

clean:  ## remove .venv, caches and ./out; projects and runs stay
	rm -rf $(VENV) out build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
