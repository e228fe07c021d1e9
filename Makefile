# `make demo` and `make test` are all a newcomer needs; both set everything up in .venv first.
PYTHON ?= python3
BIN := .venv/bin
UV := uv==0.13.9

.DEFAULT_GOAL := help
.PHONY: help setup demo test bench bench-peers conversation faults rolling campaign recording lint types layers wheel check lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/.ready ## put everything into .venv, nothing outside it

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Trunkline needs Python 3.11 or later; name one: make setup PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up .venv (once, about a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$(UV)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

demo: setup ## a spoken sandbox call to the front desk: transcript, latency table, stereo WAV
	@$(BIN)/trunkline call pipelines/front_desk.py

test: setup ## all tests
	@$(BIN)/python -m pytest --numprocesses logical --dist worksteal -m "not realtime"
	@$(BIN)/python -m pytest -m realtime

bench: setup .venv-stock/.ready ## load on one core, beside stock pipecat: five minutes, ratios against the committed ones
	@$(BIN)/python -m benchmarks.run --short --out build/bench.json
	@$(BIN)/python -m benchmarks.compare build/bench.json

conversation: setup .venv-stock/.ready ## how it is to talk to us, beside stock pipecat: seven minutes, then docs/conversation.md
	@$(BIN)/python -m benchmarks.conversation --json build/conversation.json; status=$$?; \
	$(BIN)/python -m benchmarks.conversation_page build/conversation.json && exit $$status

faults: setup ## every fault of every part over whole calls: what the caller hears, what is lost; then docs/faults.md
	@$(BIN)/python -m benchmarks.faults --json build/faults.json --page docs/faults.md

rolling: setup ## restart two servers, two workers, and one server alone, under twenty live calls: none is dropped
	@$(BIN)/python -m benchmarks.rolling
	@$(BIN)/python -m benchmarks.rolling --workers
	@$(BIN)/python -m benchmarks.rolling --alone

campaign: setup ## ten thousand contacts, the process killed five times: nobody called twice
	@$(BIN)/python -m benchmarks.campaign

recording: setup ## ten minutes of a recorded call beside the carrier's own record
	@$(BIN)/python -m benchmarks.recording

bench-peers: .venv-stock/.ready .venv-livekit/.ready ## set up LiveKit Agents as well, to be measured beside us

.venv-%/.ready: benchmarks/subjects/%.txt | setup
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-$*
	@$(BIN)/uv pip install --quiet --python .venv-$*/bin/python -r $<
	@touch $@

lint: setup ## ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup ## mypy --strict
	@$(BIN)/mypy

layers: setup ## arrows point one way
	@$(BIN)/lint-imports

wheel: setup ## build the wheel, install it alone in a bare environment elsewhere, run it
	@bare=$$(mktemp -d) && trap 'rm -rf "$$bare"' EXIT && \
	$(BIN)/uv build --quiet --wheel --out-dir "$$bare/dist" . && \
	$(PYTHON) -m venv "$$bare/venv" && \
	$(BIN)/uv pip install --quiet --python "$$bare/venv/bin/python" --constraint requirements.lock "$$bare"/dist/*.whl && \
	cp pipelines/front_desk.* "$$bare" && cd "$$bare" && \
	venv/bin/trunkline --help > /dev/null && venv/bin/trunkline lines front_desk.py && venv/bin/trunkline --version

check: lint types layers test wheel ## all that CI runs

lock: setup ## write requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
		--extra spoken --group dev pyproject.toml --output-file requirements.lock

clean: ## remove .venv and caches
	@rm -rf .venv .venv-stock .venv-livekit build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
