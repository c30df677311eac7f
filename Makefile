# The one door.  Everything runs in .venv, made from the hashed locks in requirements/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
CODE := src tests bench design docs

.PHONY: run test check bench soak docs lock clean

run: $(RUN)
	$(BIN)/commonsky coalition

# Two at a time, a file to one process: some files start servers that their tests share.
test: $(DEV)
	$(BIN)/pytest -n 2 --dist loadfile

check: $(DEV)
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/vulture
	@command -v tsc >/dev/null || { echo "the console's types are checked by TypeScript: apt install node-typescript"; exit 1; }
	tsc -p src/commonsky/show/console

bench: $(DEV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/bench.txt
	$(BIN)/python -m bench

soak: $(DEV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/soak.txt
	$(BIN)/python -m tests.fuzz --seconds 60
	$(BIN)/python -m tests.soak.ledger
	$(BIN)/python -m tests.soak.policy
	$(BIN)/python -m tests.soak.feed
	$(BIN)/python -m tests.soak.border --seconds 90
	$(BIN)/python -m tests.soak.sources --seconds 45
	$(BIN)/python -m tests.soak.api
	$(BIN)/python -m tests.soak.calibration
	HYPOTHESIS_PROFILE=deep $(BIN)/pytest tests/property

docs: $(DEV)
	$(BIN)/python docs/make_pictures.py
	$(BIN)/python docs/make_breakup_model.py
	$(BIN)/python docs/make_norms.py

# The locks name no index: whichever one pip is set up with serves them.
lock: $(DEV)
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras -o requirements/run.txt pyproject.toml requirements/build.in
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras -o requirements/dev.txt requirements/dev.in
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras -o requirements/bench.txt requirements/bench.in
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras -o requirements/soak.txt requirements/soak.in

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(RUN): requirements/run.txt | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(DEV): $(RUN) requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

clean:
	rm -rf $(VENV) build dist out
