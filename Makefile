# The project's commands. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help run chat examples snippet widget unit test train encoder check lint format types evaluate bench soak masking fuzz audit lock clean install install-dev install-deploy deploy-check

export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export TOKENIZERS_PARALLELISM := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TQDM_DISABLE := 1
PYTHON := .venv/bin/python -W ignore

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: install  ## install, train if something changed, and serve on http://localhost:5005/chat/
	@$(PYTHON) -m bot run

chat:  ## talk in the terminal with the running assistant
	@$(PYTHON) -m bot chat

examples: install-dev  ## run the assistant on an example clinic's page and portal (http://localhost:8080/)
	@$(PYTHON) -m examples

snippet: install  ## print the tag for a clinic's page; SERVER=https://… says where browsers reach the assistant
	@$(PYTHON) -m bot snippet $(if $(SERVER),--server $(SERVER))

widget: install  ## rebuild the widget's files from its source, and test it (needs Node 20)
	@scripts/widget build

train: install  ## train if content, data or code changed
	@$(PYTHON) -m bot train

encoder: install  ## fit the encoder's heads after the training examples changed; LAYERS=1 fine-tunes its layers as well
	@$(PYTHON) -m bot encoder $(if $(LAYERS),--layers)

check: install  ## check the content files and say how much is signed
	@$(PYTHON) -m bot check

unit: install-dev  ## run the pure tests: no model, no server, under a minute
	@$(PYTHON) -m pytest tests/bot tests/actions -m "not process" --numprocesses 2

test: install-dev install-deploy  ## run every test (trains first if something changed)
	@$(PYTHON) -m bot train
	@$(PYTHON) -m pytest --numprocesses 2 --dist loadfile

lint: install-dev  ## check style and formatting
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports >/dev/null || .venv/bin/lint-imports

format: install-dev  ## format the code
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

types: install-dev  ## check types (mypy, strict)
	@.venv/bin/mypy

evaluate: install-dev  ## measure understanding on messages that nobody trained on; SET=FILE measures a file of your own
	@$(PYTHON) -m bot train
	@$(PYTHON) -m tests.evaluation $(if $(SET),--set $(SET))

bench: install-dev  ## measure this assistant beside the bot that rasa init makes
	@$(PYTHON) -m bot train
	@$(PYTHON) -m tests.bench

soak: install-dev  ## talk at half the capacity for 30 minutes while parts fail; MINUTES=2 for less
	@$(PYTHON) -m bot train
	@$(PYTHON) -m tests.soak $(if $(MINUTES),--minutes $(MINUTES))

masking: install-dev  ## measure the masking of names, phones and e-mails
	@$(PYTHON) -m tests.masking

fuzz: install-dev  ## search for input that raises, hangs or is taken wrongly: 120,000 cases
	@$(PYTHON) -m tests.hostile.fuzz

deploy-check: install-dev install-deploy  ## check what is in deploy/: image, compose file, Kubernetes objects, proxy
	@$(PYTHON) -m pytest tests/deploy

audit: install  ## ask the advisory database about every locked package
	@scripts/audit

lock:  ## resolve requirements/*.in into the lock files (versions and hashes only)
	@scripts/lock

clean:  ## remove models, caches and environments; conversations in .state stay
	@rm -rf .venv .tools models .rasa .ruff_cache .mypy_cache .hypothesis results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

install:
	@scripts/install requirements.lock

install-dev:
	@scripts/install requirements-dev.lock

install-deploy:
	@scripts/install requirements-deploy.lock .tools/deploy
