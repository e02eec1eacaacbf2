#!/usr/bin/env bash
# The long proofs. "shard" runs the share that falls on today (rotating by date,
# so that some days cover all of them); "full" runs everything at full size.
set -euo pipefail
cd "$(dirname "$0")/.."
size=${1:-shard}
export GOFLAGS="${GOFLAGS:--trimpath}" # the Makefile's, when run without it
if [ -z "${SEAWALL_TEST_POSTGRES:-}" ]; then
  SEAWALL_PG_FSYNC=on exec ./scripts/with-postgres.sh "$0" "$@"
fi
export SEAWALL_TEST_STRICT=1 SEAWALL_PROOF=1 SEAWALL_BIN=$PWD/bin/seawall
export SEAWALL_DATA="${SEAWALL_DATA:-$PWD/../shared/data}"
if [ "$size" = full ]; then
  export SEAWALL_PROOF_FULL=1
else
  export SEAWALL_PROOF_SHARD=$(($(date +%s) / 86400))
fi
fuzz=${SEAWALL_FUZZ_TIME:-20s}
[ "$size" = full ] && fuzz=${SEAWALL_FUZZ_TIME:-5m}

echo "== proofs ($size)"
# The figures are the result as much as the verdict: print both.
go test -count=1 -timeout 60m -v -run 'Proof' ./... | grep -vE '^=== |no tests to run|no test files|^testing: warning|^PASS$'

echo "== fuzz ($fuzz each)"
targets=$(grep -rhoE --include='*_test.go' '^func (Fuzz[A-Za-z0-9_]*)' -H . | sed -E 's#^\./(.*)/[^/]*_test\.go:func (Fuzz.*)#\1 \2#' | sort)
n=0
while read -r dir name; do
  [ -n "$dir" ] || continue
  n=$((n + 1))
  # A shard fuzzes every third target.
  if [ "$size" != full ] && [ $((n % 3)) != $((SEAWALL_PROOF_SHARD % 3)) ]; then continue; fi
  echo "-- $dir $name"
  go test -run '^$' -fuzz "^$name\$" -fuzztime "$fuzz" "./$dir"
done <<<"$targets"
echo "== proofs done"
