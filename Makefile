# `make help` lists the commands. CONTRIBUTING.md says more.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8080
# Tools built by Cargo live in a cache that every checkout of this user shares.
export TOOLS_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/mqtt-playground
export PATH := $(CURDIR)/node_modules/.bin:$(TOOLS_DIR)/bin:$(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)
# trunk 0.21 takes NO_COLOR for a flag of its own and stops at a value of 1.
unexport NO_COLOR
export TRUNK_SKIP_VERSION_CHECK := true

WASM := wasm32-unknown-unknown
# Directories are listed too: they are newer when a file in them went away.
PAGE_SOURCES := $(shell find src style public -print) index.html Trunk.toml Cargo.toml Cargo.lock texts/Cargo.toml wire/Cargo.toml \
  package-lock.json scripts/bundle-css.mjs scripts/finish-page.mjs scripts/on-demand.mjs scripts/order-functions.mjs

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: node
node:
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || \
	  { echo 'Node 20 or newer is missing: https://nodejs.org, or apt-get install nodejs npm'; exit 1; }

.PHONY: serve
serve: node ## Build the page and serve it on 127.0.0.1:8080 (PORT=… changes the port)
	@node scripts/serve.mjs --check --port $(PORT)
	@$(MAKE) build
	@exec node scripts/serve.mjs dist --port $(PORT)

.PHONY: build
build: setup ## Build the static site into dist/
	@$(MAKE) dist/index.html

dist/index.html: $(PAGE_SOURCES)
	@echo 'build: the release page into dist/ (the first time some minutes)'
	@started=$$(date +%s); RUST_BACKTRACE=0 RUSTFLAGS="--cfg erase_components" trunk build --release && \
	  echo "build: done after $$(( $$(date +%s) - started )) s"

.PHONY: dev
dev: setup ## Build and reload on every change, without optimising (PORT=…)
	RUSTFLAGS="--cfg erase_components" trunk serve --dist target/dev-page --address 127.0.0.1 --port $(PORT)

.PHONY: setup
setup: node ## Install what building needs and this machine lacks
	@node scripts/setup.mjs build

.PHONY: setup-test
setup-test: node
	@node scripts/setup.mjs test

.PHONY: test
test: setup-test ## Run every check: lint, native tests, tests in the browser, size budget
	@node scripts/test.mjs

.PHONY: test-core
test-core: ## Run the native tests only
	cargo test

.PHONY: lint
lint: lint-native lint-page ## Check formatting, clippy for both targets, documentation and scripts; warnings are errors

.PHONY: lint-native
lint-native: setup
	cargo fmt --all -- --check
	cargo fmt --manifest-path benches/Cargo.toml --all -- --check
	cargo fmt --manifest-path benches/tab/Cargo.toml -- --check
	cargo fmt --manifest-path benches/broker/Cargo.toml -- --check
	cargo fmt --manifest-path benches/broker/tab/Cargo.toml -- --check
	cargo fmt --manifest-path benches/sim/Cargo.toml --all -- --check
	cargo fmt --manifest-path benches/sim/tab/Cargo.toml -- --check
	cargo fmt --manifest-path fuzz/Cargo.toml -- --check
	cargo clippy --all-targets -- -D warnings
	cargo clippy --target $(WASM) --features js --test wasm -- -D warnings
	for script in scripts/*.mjs benches/*.mjs benches/*/*.mjs benches/*/*/*.mjs tests/*/*.js *.config.js; do node --check $$script || exit 1; done

# In the page's profile, so that macros and build scripts are built once for this and for the page itself.
.PHONY: lint-page
lint-page: setup
	RUSTFLAGS="--cfg erase_components" cargo clippy --profile page --target $(WASM) --features ui --lib --bins -- -D warnings
	RUSTDOCFLAGS="-D warnings" RUSTFLAGS="--cfg erase_components" cargo doc --profile page --target $(WASM) --features ui --lib --no-deps

.PHONY: test-scripts
test-scripts: setup ## Run the tests of the build scripts
	node --test tests/scripts/scripts.test.js

.PHONY: test-tshark
test-tshark: setup-test ## Compare every field of thousands of packets with what tshark finds
	cargo test --test tshark -- --show-output

.PHONY: test-wasm
test-wasm: setup-test ## Run the WebAssembly tests in a headless Chromium
	CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
	CHROMEDRIVER=$${CHROMEDRIVER:-/usr/bin/chromedriver} WASM_BINDGEN_TEST_DRIVER_TIMEOUT=60 \
	cargo test --target $(WASM) --features js --test wasm

.PHONY: test-page
test-page: setup-test build ## Run the page's tests in a headless Chromium (RETRIES=1: try once more what fails)
	playwright test --retries=$(or $(RETRIES),0)

.PHONY: size
size: build ## Print what the first page weighs; fail over the budget
	@node scripts/size.mjs dist

SECONDS ?= 60

.PHONY: fuzz
fuzz: ## Fuzz the codec on nightly, each of four targets in turn (SECONDS=60 each)
	@cargo +nightly --version >/dev/null 2>&1 || { echo 'fuzz: rustup toolchain install nightly'; exit 1; }
	@cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --debug
	@for target in framer strict lenient encode_decode; do \
	  case $$target in framer) seeds=streams;; *) seeds=packets;; esac; \
	  echo "fuzz: $$target for $(SECONDS) s"; mkdir -p fuzz/corpus/$$target; \
	  cargo +nightly fuzz run $$target fuzz/corpus/$$target fuzz/seeds/$$seeds -- \
	    -dict=fuzz/mqtt.dict -max_total_time=$(SECONDS) -verbosity=0 || exit 1; \
	  echo "fuzz: $$target: nothing found"; \
	done

.PHONY: bench
bench: setup-test ## Measure the codec (native, in a tab, beside tshark), the broker and the virtual network (native, in a tab)
	cargo run --release --manifest-path benches/Cargo.toml
	@$(MAKE) bench-tab bench-tshark bench-broker bench-sim

.PHONY: bench-tab
bench-tab: setup-test benches/node_modules/.installed-lock.json ## Measure the codec in a Chromium tab beside mqtt-packet
	@node benches/tab/bench.mjs

.PHONY: bench-tshark
bench-tshark: setup-test ## Measure examples/decode beside tshark (FULL=1: 100,000 packets a version)
	@node benches/tshark.mjs

.PHONY: bench-broker
bench-broker: setup-test benches/node_modules/.installed-lock.json ## Measure the broker beside rumqttd, and in a Chromium tab beside aedes
	cargo run --release --locked --manifest-path benches/broker/Cargo.toml --target-dir $(or $(CARGO_TARGET_DIR),benches/target)
	@node benches/broker/tab/bench.mjs

.PHONY: bench-sim
bench-sim: setup-test ## Measure the virtual network natively and in a Chromium tab: packets a second, a step back in a million
	cargo run --release --locked --manifest-path benches/sim/Cargo.toml --target-dir $(or $(CARGO_TARGET_DIR),benches/target)
	@node benches/sim/tab/bench.mjs

benches/node_modules/.installed-lock.json: benches/package-lock.json
	cd benches && npm ci --no-audit --no-fund --loglevel=error
	@cp $< $@

.PHONY: bench-page
bench-page: setup-test build benches/page/node_modules/.installed-lock.json ## Measure the page: its first step, long histories, Lighthouse's marks, real connections beside MQTT.js
	@missed=; for piece in scripts/first-step benches/page/diagram benches/page/lighthouse benches/page/connect; do \
	  node $$piece.mjs dist || missed="$$missed $$piece"; \
	done; if [ -n "$$missed" ]; then echo "bench-page: over a budget in$$missed"; exit 1; fi

benches/page/node_modules/.installed-lock.json: benches/page/package-lock.json
	cd benches/page && npm ci --no-audit --no-fund --loglevel=error
	@cp $< $@

.PHONY: screenshots
screenshots: setup-test build ## Take the pictures in README.md
	@node scripts/screenshots.mjs

.PHONY: mutants-spec
mutants-spec: ## Switch each check of codec and broker off and see its statement's test fail; give the broker bugs
	@node scripts/mutants-spec.mjs
	cargo test --features switches --test model --test explore
