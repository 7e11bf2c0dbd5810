# Everything a newcomer needs: `make run` and `make test`. Nothing here needs root.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
export PORT
BIN := .venv/bin
STAMP := .venv/.ready
DEV := .venv/.dev

.PHONY: setup run test check bench docs pictures format lock clean

setup: $(STAMP)

$(STAMP): requirements/run.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python tools/link_package.py
	@touch $@

$(DEV): requirements/dev.txt $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

run: $(STAMP)
	@exec $(BIN)/wardwright run --port $(PORT)

test: $(DEV)
	@$(BIN)/python tools/run_tests.py

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV)
	@$(BIN)/python -m bench

docs: $(DEV)
	@$(BIN)/python tools/build_docs.py

pictures: $(DEV)
	@$(BIN)/python tools/pictures.py

format: $(DEV)
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lock:
	uv pip compile --generate-hashes --no-emit-index-url --extra postgres --extra test --extra dev pyproject.toml -o requirements/dev.txt
	uv pip compile --generate-hashes --no-emit-index-url --extra postgres pyproject.toml -c requirements/dev.txt -o requirements/run.txt

clean:
	rm -rf .venv build site .mypy_cache .ruff_cache
