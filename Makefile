# What people type. The README and CI call exactly these.
.DEFAULT_GOAL := help
.PHONY: help run test check web train bench notebook clean needs

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/stamps
PAGE := src/inkdigits/server/page/index.html
WEB := $(shell find web/src web/public web/index.html web/*.ts -type f 2>/dev/null)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMPS)/run $(PAGE) ## Set up and serve the page and the API on http://127.0.0.1:8000
	$(BIN)/inkdigits serve

test: check web/node_modules/.browser ## Set up and run every test
	$(BIN)/pytest
	cd web && npm test
	cd web && npm run e2e

check: $(STAMPS)/dev $(PAGE) ## Look for mistakes without running anything
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	cd web && npm run check

web: $(PAGE) ## Build the page

train: $(STAMPS)/dev ## Make the models anew, as the run files say
	$(BIN)/inkdigits data fetch
	for run in digits plain default finder finder2 refiner; do \
		$(BIN)/inkdigits train --run runs/$$run.toml || exit 1; \
	done

bench: $(STAMPS)/dev ## Measure speed and size
	$(BIN)/python benchmarks/latency.py
	$(BIN)/python benchmarks/size.py
	$(BIN)/python benchmarks/invariance.py
	$(BIN)/python benchmarks/pages.py

notebook: $(STAMPS)/notebook ## Open the notebooks in a browser
	$(BIN)/jupyter lab notebooks

clean: ## Remove what the other targets made
	rm -rf .venv web/node_modules $(dir $(PAGE)) out dist

needs:
	@sh scripts/needs.sh $(PYTHON)

$(BIN)/python: | needs
	$(PYTHON) -m venv .venv

$(STAMPS)/run: pyproject.toml $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[serve]'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: pyproject.toml $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/run

$(STAMPS)/notebook: pyproject.toml $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[notebook]'
	@mkdir -p $(STAMPS) && touch $@

web/node_modules/.package-lock.json: web/package-lock.json | needs
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(PAGE): web/node_modules/.package-lock.json $(WEB)
	cd web && npm run build

# A browser that is installed is used; only without one does Playwright fetch its own.
web/node_modules/.browser: web/node_modules/.package-lock.json
	@command -v chromium chromium-browser google-chrome >/dev/null || (cd web && npx playwright install chromium)
	@touch $@
