#!/usr/bin/env bash
# make test: formatting, vet, the Go tests on both databases, the web tests, and
# the evening in a browser. Installs Chromium when it is missing and it may.
set -euo pipefail
cd "$(dirname "$0")/.."
started=$(date +%s)
export GOFLAGS="${GOFLAGS:--trimpath}" # the Makefile's, when run without it
say() { printf '\n== %s (%ss)\n' "$*" "$(($(date +%s) - started))"; }

if [ -z "${SEAWALL_TEST_POSTGRES:-}" ]; then
  exec ./scripts/with-postgres.sh "$0" "$@"
fi
export SEAWALL_TEST_STRICT=1
export SEAWALL_DATA="${SEAWALL_DATA:-$PWD/../shared/data}"
if [ -d "$SEAWALL_DATA" ]; then
  [ -z "${CI:-}" ] || export SEAWALL_DATA_REQUIRED=1
else
  echo "test: $SEAWALL_DATA is absent; tests on real public data are skipped"
fi

say "form"
unformatted=$(git ls-files '*.go' | xargs -r gofmt -l)
[ -z "$unformatted" ] || { echo "not gofmt'ed: $unformatted"; exit 1; }

say "build"
make --no-print-directory build

say "vet"
go vet ./...

say "a browser"
. scripts/chromium.sh
find_chromium || echo "test: without a browser the scenarios' pages are not looked at in the Go tests"

say "Go tests"
go test -count=1 ./...

say "web: types and units"
(cd web && npm run --silent check && npm test --silent)

say "the evening, in a browser"
./scripts/browser.sh

say "done"
