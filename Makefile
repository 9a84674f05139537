# Needs Python 3.11 or newer and make, nothing else: the first run installs the rest into this folder.

ifndef PYTHON
PYTHON := $(shell for each in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
endif
PORT ?= 8000
DNM_DATA ?= $(CURDIR)/.dnm
RUN := .venv/bin/python -m
# The tests and benches have servers of their own, so that they do not disturb a demo that runs beside them.
SERVED = DNM_DATA="$(DNM_DATA)/$(1)" DNM_ENV=test $(if $(filter test,$(1)),DNM_EMBEDDED_VOLATILE=1) $(RUN) dnm.embedded run --
BENCHES = $(if $(BENCH),$(BENCH),$(basename $(notdir $(filter-out bench/_%,$(wildcard bench/*.py)))))
export DNM_DATA PORT
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: demo demo-reset test check sweep bench fmt help

demo: .setup-demo ## Start the whole portal with two demo networks; PORT=8000 chooses the port
	@exec $(RUN) dnm.demo

demo-reset: .setup-demo ## Delete the demo's data: the next `make demo` starts over
	@$(RUN) dnm.demo reset

test: check ## Everything, the browser tests included
	@$(PYTHON) bin/setup.py browser
	DJANGO_ALLOW_ASYNC_UNSAFE=true CHROMIUM="$$($(PYTHON) bin/setup.py chromium)" $(call SERVED,test) \
		$(RUN) pytest -m "e2e and not sweep" --junitxml=build/junit-e2e.xml

check: .setup-dev ## Linters, types, import contracts, migrations and all tests without a browser
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) djlint --quiet --lint templates
	$(RUN) mypy .
	.venv/bin/lint-imports --no-logo
	$(call SERVED,test) .venv/bin/python manage.py makemigrations --check --dry-run
	$(call SERVED,test) $(RUN) pytest -n 2 -m "not sweep and not e2e" --junitxml=build/junit.xml

sweep: .setup-dev ## The long tests: every role, every kill, every bad file
	$(call SERVED,test) $(RUN) pytest -m sweep --junitxml=build/junit-sweep.xml
	DNM_EXAMPLES=new $(call SERVED,test) $(RUN) pytest -m "not sweep and not e2e" tests/scoping

bench: .setup-dev ## The benches; BENCH=scope runs one
	@for each in $(BENCHES); do $(call SERVED,bench) $(RUN) bench.$$each || exit 1; done

fmt: .setup-dev ## Format the code
	$(RUN) ruff check --fix-only --quiet .
	$(RUN) ruff format .

help: ## This list
	@awk -F ' ## ' '/^[a-z-]+:.* ## / { split($$1, target, ":"); printf "make %-11s %s\n", target[1], $$2 }' Makefile

.PHONY: .setup-demo .setup-dev
.setup-demo .setup-dev:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed and none was found. Name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) bin/setup.py $(@:.setup-%=%)
