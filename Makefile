# make run     the demo: a filled business at http://localhost:8080
# make test    everything: format, lints, tests on SQLite and PostgreSQL, the browser
# make check   the fast part: format and lints
# make assets  the pages' CSS and JavaScript
# make e2e     the browser tests alone
# make bench   clicks and sales a second against bare servers and a payout run, into bench/*.md
# make lighthouse  Lighthouse on the portal's pages, into bench/LIGHTHOUSE.md

.PHONY: run test check assets e2e browser-tests bench lighthouse

# Two targets at once would only wait for cargo's lock.
.NOTPARALLEL:

run:
	scripts/setup run
	$(MAKE) --no-print-directory assets
	cargo run -p tributary -- demo

# Lints come first: they check in half a minute what a build takes minutes for. The tests and the
# browser's binary are built in one go, with one set of features, so that no dependency is compiled twice.
test:
	scripts/setup test
	$(MAKE) --no-print-directory check
	cargo build --workspace --bins --tests
	if scripts/has-doc-tests; then cargo test --workspace --doc; fi
	if cargo nextest --version >/dev/null 2>&1; \
	then scripts/with-postgres cargo nextest run --workspace; \
	else scripts/with-postgres cargo test --workspace --bins --lib --tests; fi
	$(MAKE) --no-print-directory browser-tests

check: assets
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

e2e:
	scripts/setup test
	$(MAKE) --no-print-directory assets
	cargo build --workspace --bins --tests
	$(MAKE) --no-print-directory browser-tests

browser-tests: e2e/node_modules/.package-lock.json
	npm --prefix e2e --silent test

e2e/node_modules/.package-lock.json: e2e/package-lock.json
	npm --prefix e2e ci --ignore-scripts --loglevel=error
	touch $@

# Installs what the bundle needs and builds it; both only when something changed.
assets:
	node web-assets/build.mjs

bench:
	scripts/setup bench
	$(MAKE) --no-print-directory assets
	cargo build --profile dist --locked -p tributary -p tributary-bench-reference
	bench/clicks
	taskset -c 0 scripts/with-postgres --durable bench/sales
	bench/payout-run

lighthouse: bench/lighthouse/node_modules/.package-lock.json
	scripts/setup test
	$(MAKE) --no-print-directory assets
	cargo build --release --locked -p tributary
	node bench/lighthouse/measure.js

bench/lighthouse/node_modules/.package-lock.json: bench/lighthouse/package-lock.json
	npm --prefix bench/lighthouse ci --ignore-scripts --loglevel=error
	touch $@
