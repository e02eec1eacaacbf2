# Seawall: build, run, test. Needs Go, Node and npm; `make test` fetches the rest.

# One set of flags for building, vetting and testing, so that nothing is compiled twice.
export GOFLAGS := -trimpath $(GOFLAGS)

GO      ?= go
NPM     ?= npm
BIN     := bin/seawall
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
WEBSRC  := $(shell find web/src web/public -type f 2>/dev/null) web/index.html web/followup.html web/resident.html web/package-lock.json web/vite.config.ts web/vite.resident.config.ts web/precompress.ts
# What is embedded beside Go code; the built pages stand for themselves.
DATASRC := $(shell find regimes internal -path internal/webui/dist -prune -o \( -name '*.yaml' -o -name '*.sql' -o -name '*.cedar' -o -name '*.gz' -o -name '*.txt' \) -print)
GOSRC   := $(shell find . -name '*.go' -not -path './web/*') go.mod go.sum

.PHONY: run build web test proof proof-full bench clean api

## run: build everything and start the demonstration city on 127.0.0.1:8080
run: build
	$(BIN) demo

## build: the web pages and the one binary
build: $(BIN)

web: internal/webui/dist/index.html

web/node_modules/.installed: web/package-lock.json
	cd web && $(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

internal/webui/dist/index.html: web/node_modules/.installed $(WEBSRC)
	cd web && $(NPM) run --silent build

$(BIN): internal/webui/dist/index.html $(GOSRC) $(DATASRC)
	$(GO) build -ldflags "-s -w -X main.version=$(VERSION)" -o $@ ./cmd/seawall

## api: write the API's description and the web client's types from it
api: build
	$(BIN) openapi > web/openapi.json
	cd web && $(NPM) run --silent api

## test: everything that must hold, on both databases and in a browser (under 15 minutes)
test:
	./scripts/test.sh

## proof: the long proofs, today's shard of them (under 45 minutes)
proof: build
	./scripts/proof.sh shard

## proof-full: every long proof at full size
proof-full: build
	./scripts/proof.sh full

## bench: the lists and the engine of duties at the size of a large outbreak, on both databases
bench: build
	./scripts/with-postgres.sh $(BIN) bench lists
	./scripts/with-postgres.sh $(BIN) bench loops

clean:
	rm -rf bin internal/webui/dist web/node_modules
