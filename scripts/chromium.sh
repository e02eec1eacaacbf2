#!/usr/bin/env bash
# find_chromium: sets SEAWALL_CHROMIUM to a Chromium, installing one with Chinese
# fonts from the system's packages where that is allowed. Returns 1, with a message,
# where there is none. To be sourced.
find_chromium() {
  local found=${SEAWALL_CHROMIUM:-}
  [ -n "$found" ] || found=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
  if [ -z "$found" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "browser: installing Chromium and Chinese fonts from the system's packages" >&2
    if apt-get -o DPkg::Lock::Timeout=300 -qq update >&2 &&
      DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq -y install chromium fonts-noto-cjk >&2; then
      found=$(command -v chromium || true)
    fi
  fi
  if [ -z "$found" ]; then
    echo "browser: no Chromium found and none could be installed; install it, or set SEAWALL_CHROMIUM" >&2
    return 1
  fi
  export SEAWALL_CHROMIUM=$found
}
