# The commands of the house. `make demo` and `make test` work on a fresh machine with Rust, Node and a C compiler.

export CARGO_BUILD_JOBS ?= 2
export QINGLIAN_TESTDATA ?= $(abspath ../shared/data)
DATA  ?= demo-data
ADDR  ?= 127.0.0.1:8686
LINES ?= 1000000

.PHONY: demo test check bench bench-store bench-screen load kills fuzz e2e assets packages tools fmt clean-demo

## demo: build, make a synthetic hospital, screen it, serve it, print where to click
demo: tools assets
	@echo "── building (the first time takes some minutes; cargo shows how far it is)"
	@cargo build -p qinglian
	@target/debug/qinglian demo --data $(DATA) --addr $(ADDR) --lines $(LINES)

## test: everything CI runs. A missing program fails its tests; QINGLIAN_SKIP=1 leaves those out, which then say SKIP
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

## tools: name what is missing or too old, with its remedy
tools:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust 1.95 or newer from https://rustup.rs"; exit 1; }
	@minor=$$(rustc --version | sed -n 's/^rustc 1\.\([0-9]*\).*/\1/p'); [ "$${minor:-95}" -ge 95 ] || \
	  { echo "$$(rustc --version) is too old: this needs Rust 1.95 or newer (rustup update stable, or https://rustup.rs)"; exit 1; }
	@command -v node  >/dev/null || { echo "node is missing: install Node.js 20 or newer (Debian: apt-get install nodejs npm)"; exit 1; }
	@major=$$(node --version | sed -n 's/^v\([0-9]*\).*/\1/p'); [ "$${major:-20}" -ge 20 ] || \
	  { echo "Node.js $$(node --version) is too old: this needs 20 or newer (https://nodejs.org, or Debian 13: apt-get install nodejs npm)"; exit 1; }
	@command -v npm   >/dev/null || { echo "npm is missing: it comes with Node.js (Debian: apt-get install npm)"; exit 1; }
	@command -v cc    >/dev/null || { echo "a C compiler is missing (Debian: apt-get install build-essential)"; exit 1; }

## packages: what the tests use (a real PostgreSQL, a real browser, a real office program, a real mail server; none is started as a service); QINGLIAN_SKIP=1 installs nothing
PACKAGES = faketime postgresql chromium fonts-noto-cjk libreoffice-calc libreoffice-writer poppler-utils dovecot-imapd chasquid
packages:
	@[ "$$QINGLIAN_SKIP" = 1 ] && exit 0; \
	command -v dpkg >/dev/null && command -v apt-get >/dev/null || { \
	  echo "this is no Debian machine: install $(PACKAGES) under the names your system has for them, and openpyxl for Python,"; \
	  echo "or run QINGLIAN_SKIP=1 make test, which leaves out the tests that need them"; exit 1; }; \
	missing=$$(for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "── installing" $$missing; \
	  s=$$( [ "$$(id -u)" = 0 ] || echo sudo ); policy=/usr/sbin/policy-rc.d; [ -e $$policy ] && policy=; \
	  [ -z "$$policy" ] || { printf '#!/bin/sh\nexit 101\n' | $$s tee $$policy >/dev/null; $$s chmod 755 $$policy; }; \
	  $$s apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$s apt-get install -y -qq --no-install-recommends $$missing >/dev/null; came=$$?; \
	  [ -z "$$policy" ] || $$s rm -f $$policy; \
	  case "$$missing" in *dovecot*|*chasquid*) $$s systemctl disable dovecot.service dovecot.socket chasquid.service \
	    chasquid-smtp.socket chasquid-submission.socket chasquid-submission_tls.socket >/dev/null 2>&1;; esac; exit $$came; fi
	@[ "$$QINGLIAN_SKIP" = 1 ] && exit 0; \
	command -v python3 >/dev/null || { echo "python3 is missing (Debian: apt-get install python3 python3-pip)"; exit 1; }; \
	python3 -c 'import openpyxl' 2>/dev/null && exit 0; \
	python3 -m pip --version >/dev/null 2>&1 || { echo "openpyxl and pip are missing (Debian: apt-get install python3-openpyxl, or python3-pip)"; exit 1; }; \
	python3 -m pip install --quiet openpyxl 2>/dev/null || python3 -m pip install --quiet --break-system-packages openpyxl

## bench: the store (commands a second, lists, search, verify at 100,000 entries) and the screen against DuckDB over 60 million lines; into target/bench.json
bench: bench-store bench-screen

bench-store:
	cargo run --release -p store --example bench

## bench-screen: rules over the same files in Qinglian and in DuckDB (installed by pip into target/peers); QUICK=1 takes 6 million lines
PEERS = target/peers
bench-screen: $(PEERS)/bin/python
	cargo build --release -p screen --example race
	target/release/examples/race --python $(PEERS)/bin/python $(if $(QUICK),--quick)

$(PEERS)/bin/python: bench/screen/requirements.txt
	python3 -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --requirement bench/screen/requirements.txt
	@touch $@

## load: reports over HTTP from one client to a thousand while staff read, into target/load.json; fails when one is lost or it is too slow
load: tools assets
	cargo build --release -p qinglian -p load
	target/release/load --promised

## kills: SIGKILL two hundred times under load; fails when an accepted report is lost or a chain is broken
kills: tools assets
	cargo build --release -p qinglian -p load
	target/release/load --kills 200

## fuzz: what strangers send, made up by a machine, ten minutes each (installs cargo-fuzz by cargo)
fuzz: tools
	@cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz
	@for one in hook mail multipart archive receipt_code submission clean; do \
	  RUSTC_BOOTSTRAP=1 cargo fuzz run -s none $$one -- -max_total_time=600 || exit 1; done

fmt:
	cargo fmt --all

clean-demo:
	rm -rf $(DATA)
