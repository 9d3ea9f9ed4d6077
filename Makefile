# Two commands do all the set-up: `make demo` and `make test`. Everything is built once, with one profile.
SHELL := /bin/bash
CARGO := cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
BIN := $(TARGET)/release/bitacora

.PHONY: help demo test build check fmt clippy deny web e2e bench bless screenshots clean

help:
	@echo "make demo   build, then serve a generated theatre and print the address"
	@echo "make test   everything that can pass on this machine"
	@echo "make build  the release binary at $(BIN), the page embedded"
	@echo "make bench  the figures, as ratios"
	@echo "make bless  rewrite the reviewed snapshots"

demo: build
	$(BIN) demo --data demo-data

build: web
	@echo "== building bitacora (the first build takes some minutes)"
	$(CARGO) build --release --locked -p bitacora-node

web: web/dist/index.html

WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@echo "== fetching the page's packages"
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	@echo "== building the page"
	cd web && npm run --silent build

e2e/node_modules/.package-lock.json: e2e/package.json e2e/package-lock.json
	cd e2e && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# What is not on this machine is left out with a line that says so; CI leaves nothing out.
test: build e2e/node_modules/.package-lock.json
	tools/test.sh

check: fmt clippy deny
	cd web && npm run --silent check

fmt:
	$(CARGO) fmt --all --check

clippy:
	$(CARGO) clippy --release --locked --workspace --all-targets -- -D warnings

deny:
	$(CARGO) deny --all-features check licenses bans sources

e2e: build e2e/node_modules/.package-lock.json
	cd e2e && npm test --silent

bench: build
	tools/bench.sh

bless:
	BLESS=1 $(CARGO) test --release --locked -p bitacora-api --test openapi
	cd e2e && BLESS=1 npm test --silent

screenshots: build e2e/node_modules/.package-lock.json
	cd e2e && node screenshots.mjs

clean:
	$(CARGO) clean
	rm -rf web/dist web/node_modules e2e/node_modules
