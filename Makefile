# Everything a newcomer needs: `make run` and `make test`. Nothing here needs root.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
export PORT
BIN := .venv/bin
STAMP := .venv/.ready
DEV := .venv/.dev

.PHONY: setup run test check bench docs pictures messages format lock clean

setup: $(STAMP)

$(STAMP): requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Wardwright needs Python 3.11 or newer (PYTHON=/path/to/python3.11 make ...)."; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || { rm -rf .venv; echo "Python's venv module is incomplete; on Debian install the package python3-venv."; exit 1; }
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

messages: $(DEV)
	@$(BIN)/python tools/messages.py

format: $(DEV)
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lock:
	uv pip compile --generate-hashes --no-emit-index-url --extra postgres --extra s3 --extra instruments --extra imaging --extra test --extra dev pyproject.toml -o requirements/dev.txt
	uv pip compile --generate-hashes --no-emit-index-url --extra postgres pyproject.toml -c requirements/dev.txt -o requirements/run.txt

clean:
	rm -rf .venv build site .mypy_cache .ruff_cache
