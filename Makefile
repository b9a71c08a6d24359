# Every target works on a fresh Debian machine with Node, root and this checkout: each installs what it needs.
SITE ?= examples/shop

.PHONY: up down test test-security test-drills test-monitoring bench lint

up: ; ./rampart up --site $(SITE)
down: ; ./rampart down --site $(SITE)
test: ; ./scripts/test
test-security: ; ./scripts/test security
test-drills: ; ./scripts/test drills
test-monitoring: ; ./scripts/test monitoring
bench: ; ./scripts/bench
lint: ; ./scripts/prepare && npx biome check .
