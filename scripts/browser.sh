#!/usr/bin/env bash
# Drives the evening in Chromium against a demonstration of its own, and asks
# axe for accessibility violations on every screen. With SEAWALL_SHOTS=DIR it
# also writes screenshots of every screen there.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/chromium.sh
find_chromium || exit 1

dir=$(mktemp -d "${TMPDIR:-/tmp}/seawall-browser.XXXXXX")
server=
cleanup() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; }
  rm -rf "$dir"
}
trap cleanup EXIT

# Ports below the range that the system hands out for outgoing connections; one
# that is taken all the same is left to whoever has it.
for try in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 10000))
  ./bin/seawall demo --listen "127.0.0.1:$port" --data "$dir/data$try" >"$dir/out" 2>&1 &
  server=$!
  for _ in $(seq 1 300); do
    curl -fsS "http://127.0.0.1:$port/readyz" >/dev/null 2>&1 && break 2
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
  done
  grep -q listen_failed "$dir/out" || break
done
curl -fsS "http://127.0.0.1:$port/readyz" >/dev/null || { echo "browser: the demonstration is not ready after 60 s"; cat "$dir/out"; exit 1; }
export SEAWALL_URL="http://127.0.0.1:$port"
export SEAWALL_LOGIN=$(sed -n 's/^ *login: *//p' "$dir/out" | head -1)
export SEAWALL_PASSWORD=$(sed -n 's/^ *password: *//p' "$dir/out" | head -1)
export SEAWALL_ADMIN_PASSWORD=$SEAWALL_PASSWORD
export SEAWALL_FILES=$PWD/examples
(cd web && npm run --silent e2e) || { tail -50 "$dir/out"; exit 1; }
