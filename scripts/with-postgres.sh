#!/usr/bin/env bash
# Runs a command with a private PostgreSQL server in SEAWALL_TEST_POSTGRES and
# stops it afterwards. Uses the server named there already, if any. Installs
# PostgreSQL from the system's packages when it is missing and it may.
set -euo pipefail

if [ -n "${SEAWALL_TEST_POSTGRES:-}" ]; then
  exec "$@"
fi

find_bin() {
  local d
  for d in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -V -r) $(dirname "$(command -v initdb 2>/dev/null || echo /none/x)"); do
    if [ -x "$d/initdb" ] && [ -x "$d/pg_ctl" ]; then echo "$d"; return; fi
  done
}

bin=$(find_bin)
if [ -z "$bin" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "with-postgres: installing PostgreSQL from the system's packages" >&2
    apt-get -o DPkg::Lock::Timeout=300 -qq update >&2
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq -y install postgresql >&2
    bin=$(find_bin)
  fi
fi
[ -n "$bin" ] || { echo "with-postgres: no PostgreSQL found; install it, or set SEAWALL_TEST_POSTGRES to a server where tests may create databases" >&2; exit 1; }

dir=$(mktemp -d "${TMPDIR:-/tmp}/seawall-pg.XXXXXX")
# The server refuses to run as root: give it to the user that the package made.
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  id postgres >/dev/null 2>&1 || useradd --system --no-create-home postgres
  chown postgres "$dir"
  as() { setpriv --reuid=postgres --regid=postgres --clear-groups --inh-caps=-all -- "$@"; }
fi
cleanup() {
  as "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap cleanup EXIT

cd "$dir"
as "$bin/initdb" -D "$dir/data" -U postgres -A trust --encoding=UTF8 --locale=C.UTF-8 \
  --locale-provider=icu --icu-locale=zh-CN --no-sync >"$dir/init.log" 2>&1 ||
  as "$bin/initdb" -D "$dir/data" -U postgres -A trust --encoding=UTF8 --no-sync >"$dir/init.log" 2>&1
for try in 1 2 3 4 5; do
  port=$((20000 + (RANDOM * 32768 + RANDOM) % 20000))
  if as "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start -o \
    "-p $port -k $dir -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=${SEAWALL_PG_FSYNC:-off} -c shared_buffers=256MB" >/dev/null 2>&1; then
    break
  fi
  [ "$try" = 5 ] && { cat "$dir/log" >&2; exit 1; }
done
cd "$OLDPWD"
export SEAWALL_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
"$@"
