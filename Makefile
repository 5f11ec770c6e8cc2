# What people type. The README and CI call exactly these.
.DEFAULT_GOAL := help
.PHONY: help run test check web api train goldens bench weather docs notebook dist sbom audit lock release-check clean needs

PYTHON ?= python3
BIN := .venv/bin
RELEASE := out/release/tools/bin
STAMPS := .venv/stamps
PAGE := src/inkdigits/server/page/index.html
DOCUMENT := mkdir -p out && $(BIN)/python scripts/openapi.py >out/openapi.json
WEB := $(shell find web/src web/public web/*.html web/*.ts src/inkdigits/models/*.onnx -type f 2>/dev/null)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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
	$(DOCUMENT)
	cd web && npm run types -- --check
	cd web && npm run check

web: $(PAGE) ## Build the page

api: $(STAMPS)/dev web/node_modules/.package-lock.json ## Make the web client's types anew, of the API's document
	$(DOCUMENT)
	cd web && npm run types

train: $(STAMPS)/dev ## Make the models anew, as the run files say
	$(BIN)/inkdigits data fetch
	for run in scout digits digits2 plain plain2 default finder finder2 finder3 finder4 finder5 finder6 finder7 refiner finder8 refiner2 finder9 finder10 refiner3 finder11 refiner4 finder12 finder13 finder14; do \
		$(BIN)/inkdigits train --run runs/$$run.toml || exit 1; \
	done

goldens: $(STAMPS)/dev ## Read the golden drawings anew, for the page to agree with
	$(BIN)/python scripts/goldens.py

bench: $(STAMPS)/dev ## Measure speed and size
	$(BIN)/python benchmarks/latency.py
	$(BIN)/python benchmarks/size.py
	$(BIN)/python benchmarks/invariance.py
	$(BIN)/python benchmarks/pages.py

weather: $(STAMPS)/dev ## Ask a server for harm, more briefly than each of these can
	$(BIN)/python -m benchmarks.server.hostile_files --number 100
	$(BIN)/python -m benchmarks.server.sockets --seconds 10
	$(BIN)/python -m benchmarks.server.restarts --times 3
	$(BIN)/python -m benchmarks.server.traces --number 200
	$(BIN)/python -m benchmarks.server.memory --minutes 1
	$(BIN)/python -m benchmarks.server.contract --number 1000 --examples 20

docs: $(STAMPS)/dev ## Write the generated pages of docs/ anew
	$(BIN)/python scripts/settings.py

notebook: $(STAMPS)/notebook ## Open the notebooks in a browser
	$(BIN)/jupyter lab notebooks

dist: $(RELEASE)/python $(PAGE) ## Build sdist and wheel into dist/, install the wheel elsewhere and be served by it
	$(RELEASE)/python scripts/release/dist.py

sbom: dist ## Write into dist/ what the wheel's environment and the page are made of
	$(RELEASE)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-file dist/inkdigits.cdx.json out/release/empty
	cd web && npm sbom --package-lock-only --omit dev --sbom-format cyclonedx >../dist/inkdigits-web.cdx.json

audit: $(RELEASE)/python ## Ask whether anything that is locked is known to be unsafe
	for locked in requirements/*.txt deploy/aws/requirements.txt; do \
		$(RELEASE)/pip-audit --strict --require-hashes --disable-pip --requirement $$locked || exit 1; \
	done
	cd web && npm audit

lock: $(RELEASE)/python ## Lock anew what the image, its build and the function on AWS have
	sh scripts/release/lock.sh $(RELEASE)/uv

release-check: $(STAMPS)/dev $(PAGE) ## Make every check of a release, with the time that each takes
	$(BIN)/python scripts/release/check.py

clean: ## Remove what the other targets made
	rm -rf .venv web/node_modules $(dir $(PAGE)) out dist

needs:
	@sh scripts/needs.sh $(PYTHON)

$(BIN)/python: | needs
	$(PYTHON) -m venv .venv

$(STAMPS)/run: pyproject.toml $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[serve,heif]'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: pyproject.toml $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/run

$(STAMPS)/notebook: pyproject.toml $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[notebook]'
	@mkdir -p $(STAMPS) && touch $@

$(RELEASE)/python: scripts/release/requirements.txt | needs
	$(PYTHON) -m venv out/release/tools
	$(RELEASE)/pip install --quiet --disable-pip-version-check --requirement scripts/release/requirements.txt
	@touch $@

web/node_modules/.package-lock.json: web/package-lock.json | needs
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(PAGE): web/node_modules/.package-lock.json $(WEB)
	cd web && npm run build

# A browser that is installed is used; only without one does Playwright fetch its own.
web/node_modules/.browser: web/node_modules/.package-lock.json
	@command -v chromium chromium-browser google-chrome >/dev/null || (cd web && npx playwright install chromium)
	@touch $@
