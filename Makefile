# Everything a checkout can do; `make` alone lists it. Written for GNU make 3.81 (macOS) and later.
# Paths are relative and programs are started through the interpreter, so a checkout may lie, or move, anywhere,
# also where the path has spaces in it.

PYTHON ?= python3
RUN = .venv/bin/python -m
SCRAPY = $(RUN) scrapy

# The demo keeps away from a corpus, settings and proxy that the user has exported.
EXPORTED = $(filter MONGO_% NEWSCRAWL_% SCRAPY_% %_proxy %_PROXY,$(.VARIABLES))
DEMO_DATA = .newscrawl/demo
DEMO = env $(addprefix -u ,$(EXPORTED)) NEWSCRAWL_DATA="$(CURDIR)/$(DEMO_DATA)"
DEMO_STORY = bbc:21817201
DEMO_LINKS = --relation related --relation section --relation inline
AS_DEMO = $(if $(MONGO_URI),env -u MONGO_URI )NEWSCRAWL_DATA=$(DEMO_DATA) .venv/bin/scrapy

# Scrapyd reads its configuration, and keeps all it has, in the folder it is started in. There it must not find the checkout's
# scrapy.cfg, whose settings it would offer as one more project.
SCRAPYD_DATA = .newscrawl/scrapyd

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help venv demo test crawl scrapyd deploy clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

venv: .venv/.installed  ## Make .venv and install what newscrawl needs; PYTHON=python3.12 chooses the interpreter

demo: .venv/.installed  ## Crawl the bundled archive, offline, and show the story it holds
	@echo "Crawling demo/archive.warc.gz, a small invented BBC, without the network"
	@if [ -d $(DEMO_DATA) ]; then $(DEMO) $(SCRAPY) mongo stop >/dev/null; rm -rf $(DEMO_DATA); fi
	@$(DEMO) NEWSCRAWL_REPLAY=demo/archive.warc.gz $(SCRAPY) crawl bbc_story -s LOG_LEVEL=WARNING
	@$(DEMO) $(SCRAPY) corpus timeline $(DEMO_STORY)
	@$(DEMO) $(SCRAPY) corpus stats
	@$(DEMO) $(SCRAPY) corpus graph $(DEMO_STORY) $(DEMO_LINKS) --format html --output $(DEMO_DATA)/story.html
	@echo
	@echo "Try next:"
	@echo "  $(AS_DEMO) corpus show $(DEMO_STORY)"
	@echo "  $(AS_DEMO) corpus timeline $(DEMO_STORY) --json"
	@echo "  make crawl SEED=http://www.bbc.com/news/world-middle-east-21817201"
	@echo "and open in a browser the story as a graph:"
	@echo "  $(DEMO_DATA)/story.html"

test: .venv/.installed-dev  ## Check style and types, run the tests
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(RUN) pytest -n 2

crawl: .venv/.installed  ## Crawl the BBC itself from SEED=URL; without SEED from the default story
	$(SCRAPY) crawl bbc_story $(if $(SEED),-a "seed=$$SEED")

scrapyd: .venv/.installed-dev  ## Run a Scrapyd on this machine with deploy/scrapyd.conf, until Ctrl-C
	@mkdir -p $(SCRAPYD_DATA)
	@cp deploy/scrapyd.conf $(SCRAPYD_DATA)
	@touch $(SCRAPYD_DATA)/scrapy.cfg
	@cd $(SCRAPYD_DATA) && NEWSCRAWL_DATA="$${NEWSCRAWL_DATA:-$(CURDIR)/.newscrawl}" exec "$(CURDIR)/.venv/bin/python" -m scrapyd --pidfile=

deploy: .venv/.installed-dev  ## Build the egg and deploy it to the Scrapyd that scrapy.cfg names
	@$(RUN) deploy.egg

clean:  ## Remove .venv, the demo's data, caches and builds; the corpus stays
	rm -rf .venv $(DEMO_DATA) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist setup.py *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps, because .venv/bin/python is there even when making the environment failed half-way.
.venv/.made:
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit("newscrawl needs Python 3.11, 3.12 or 3.13, this is %d.%d: name another one, as in: make PYTHON=python3.12 $(firstword $(MAKECMDGOALS))" % v)'
	"$(PYTHON)" -m venv .venv
	@touch $@

.venv/.installed: .venv/.made requirements.txt
	@echo "Installing requirements.txt into .venv, about a minute"
	@$(RUN) pip install -qq --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	@echo "Installing requirements-dev.txt into .venv, about a minute"
	@$(RUN) pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $@
