# `make serve` and `make test` work from a clean clone on a fresh machine: they install what is missing and say so.

PORT ?= 8080
# Tools that npm installs come first, so that everybody uses the same ones; before them what stands in for one of them.
export PATH := $(CURDIR)/.ci/bin:$(CURDIR)/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)

.PHONY: help serve test check build quick texts bench fuzz clean

help: ## Show what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

serve: build ## Build the app and serve it on http://127.0.0.1:8080
	@node tests/tools/serve.mjs dist $(PORT)

build: ## Build the release site in dist/; any static host can serve it from any path
	@.ci/install build
	@# Trunk takes NO_COLOR=1 for an invalid option.
	@env -u NO_COLOR trunk build --release --offline

quick: ## The site for a look, in a minute: neither small nor fast; then serve or test dist/ as usual
	@.ci/install build
	@env -u NO_COLOR QUICK=1 trunk build --offline

check: ## The quick loop: format, lints for native and wasm32, unit tests
	@.ci/install check
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	cargo clippy --target wasm32-unknown-unknown -- -D warnings
	cargo test --lib

test: ## Everything: lints, unit and property tests, size, end-to-end tests in Chromium
	@.ci/install test
	@.ci/test

texts: ## Brings languages/*.po up to date with what the app says: new texts are added empty, old ones dropped
	@.ci/install test
	node tests/tools/languages.mjs --update

bench: ## The benchmarks; figures are kept in benches/RESULTS.md
	cargo bench --bench engine
	cargo bench --bench rules

# Fuzzes some targets, with more arguments.
FUZZ = cd tests/fuzz && for target in $(1); do \
	cargo bolero test $$target --sanitizer NONE -T $(or $(SECONDS),600)s --target-dir ../../target/fuzz $(2) || exit 1; done

fuzz: ## Fuzz what reads foreign text, fifteen targets of SECONDS each (600); `cargo install cargo-bolero` first
	$(call FUZZ,raw_bytes pattern_and_event filter_policy_and_message transformer labs::expressions links::text messages::parameters)
	@# The inputs of these choose what to bend. Beginning with the shortest, as usual, a slow target would hardly ever get to bend anything.
	$(call FUZZ,documents::documents documents::loading documents::templates labs::labs labs::loading links::bent messages::messages messages::progress,-l 100 -E=-len_control=0)

clean: ## Remove what was built
	rm -rf target dist node_modules test-results
