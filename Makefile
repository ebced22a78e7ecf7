# The commands of the house. `make demo` and `make test` work on a fresh machine with Rust, Node and a C compiler.

export CARGO_BUILD_JOBS ?= 2
export QINGLIAN_TESTDATA ?= $(abspath ../shared/data)
DATA  ?= demo-data
ADDR  ?= 127.0.0.1:8686
LINES ?= 1000000

.PHONY: demo test check bench load e2e assets packages tools fmt clean-demo

## demo: build, make a synthetic hospital, screen it, serve it, print where to click
demo: tools assets
	@echo "── building (the first time takes some minutes; cargo shows how far it is)"
	@cargo build -q -p qinglian 2>&1 || cargo build -p qinglian
	@target/debug/qinglian demo --data $(DATA) --addr $(ADDR) --lines $(LINES)

## test: everything CI runs
test: tools packages assets
	cargo run -q -p xtask -- tidy
	cargo run -q -p xtask -- rights --check
	cargo test --workspace
	$(MAKE) e2e

## check: lints, licences, advisories, unused dependencies (installs what it needs by cargo)
check: tools
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	@cargo deny --version >/dev/null 2>&1 || cargo install --locked cargo-deny
	cargo deny check licenses bans sources
	@cargo machete --version >/dev/null 2>&1 || cargo install --locked cargo-machete
	cargo machete

## e2e: browser journeys against a demo hospital
e2e: assets
	cargo build --workspace
	@cd e2e && npm ci --silent --no-audit --no-fund && npm test

## assets: styles and islands
assets: assets/dist/manifest.json

assets/dist/manifest.json: assets/package-lock.json assets/build.mjs $(wildcard assets/css/*.css assets/ts/*.ts)
	@echo "── styles and islands"
	@cd assets && npm ci --omit=dev --silent --no-audit --no-fund && npm run --silent build

## tools: name what is missing, with its remedy
tools:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust 1.95 or newer from https://rustup.rs"; exit 1; }
	@command -v node  >/dev/null || { echo "node is missing: install Node.js 20 or newer (Debian: apt-get install nodejs npm)"; exit 1; }
	@command -v npm   >/dev/null || { echo "npm is missing: it comes with Node.js (Debian: apt-get install npm)"; exit 1; }
	@command -v cc    >/dev/null || { echo "a C compiler is missing (Debian: apt-get install build-essential)"; exit 1; }

## packages: Debian packages the tests use (a real PostgreSQL, a real browser, a real office program)
PACKAGES = postgresql chromium fonts-noto-cjk libreoffice-calc libreoffice-writer poppler-utils
packages:
	@missing=$$(for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "── installing" $$missing; \
	  s=$$( [ "$$(id -u)" = 0 ] || echo sudo ); $$s apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$s apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
	@python3 -c 'import openpyxl' 2>/dev/null || pip install --quiet openpyxl 2>/dev/null || pip install --quiet --break-system-packages openpyxl

## bench: one store: durable commands a second; lists, search and verify at 100,000 entries; into target/bench.json
bench:
	cargo run --release -p store --example bench

## load: reports over HTTP from one client to a thousand while staff read, into target/load.json; fails when one is lost
load: tools assets
	cargo build --release -p qinglian -p load
	target/release/load --binary target/release/qinglian

fmt:
	cargo fmt --all

clean-demo:
	rm -rf $(DATA)
