# Doors only; the work is in scripts/. `make help` lists them.
.PHONY: help demo demo-reset test check lint bench fuzz scale dist

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

demo: ## start the demo city (keeps its data)
	@scripts/demo.sh $(ARGS)

demo-reset: ## throw the demo city away and start a new one
	@scripts/demo.sh --reset $(ARGS)

test: ## everything: web, lints, tidy, Rust tests on SQLite and PostgreSQL, browser tests
	@scripts/test.sh

check: ## before a commit: fmt, clippy, tidy, the fast pure tests
	@scripts/check.sh

lint: ## fmt, clippy, tidy and the types of the scripts
	@scripts/lint.sh

bench: ## measurements (release build)
	@scripts/bench.sh $(ARGS)

fuzz: ## importers, plan parsers, rules and engine against arbitrary and mutated input, many cases
	@scripts/fuzz.sh

scale: ## the list on a cluster of Ballista: equal answers, what distribution costs (builds for a quarter of an hour)
	@scripts/scale.sh $(ARGS)

dist: ## one release archive
	@scripts/dist.sh
