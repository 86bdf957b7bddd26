#!/usr/bin/env bash
# Checks what a machine must have and says in plain words what to install.
#   prerequisites.sh          what `make demo` needs
#   prerequisites.sh tests    also what only the tests need: PostgreSQL, Chromium, Chinese fonts
# As root it installs what apt can give; otherwise it prints the line to run.
# With `tests`, what could not be had is written to the file named by SKIPPED_PARTS, one reason a line.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

missing=()   # sentences: only a person can do this
packages=()  # Debian packages

# at_least HAVE WANT: compares dotted numbers.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }
number() { sed -n 's/^[^0-9]*\([0-9][0-9.]*\).*/\1/p' | head -n 1; }

if have rustc && have cargo; then
  version="$(rustc --version | number)"
  at_least "$version" 1.95 || missing+=("Rust $version is too old, 1.95 or newer is needed: rustup update stable")
else
  missing+=("Rust is missing (1.95 or newer): install rustup (https://rustup.rs), then: rustup toolchain install stable")
fi
if have node && have npm; then
  version="$(node --version | number)"
  at_least "$version" 20 || missing+=("Node $version is too old, 20 or newer is needed: https://nodejs.org or your system's packages")
else
  missing+=("Node with npm is missing (20 or newer): https://nodejs.org or your system's packages")
fi
have git || packages+=(git)
have make || packages+=(make)
have cc || packages+=(gcc libc6-dev)

apt_install() {
  if [ "$(id -u)" = 0 ] && have apt-get; then
    echo "installing: $*"
    { DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" </dev/null >/dev/null 2>&1; } ||
      { apt-get update -q </dev/null >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" </dev/null >/dev/null; }
  else
    return 1
  fi
}

if [ ${#packages[@]} -gt 0 ] && ! apt_install "${packages[@]}"; then
  missing+=("missing: ${packages[*]}. Run: sudo apt-get install -y ${packages[*]}")
fi
if [ ${#missing[@]} -gt 0 ]; then
  fail "This machine cannot build Laoyou yet:" "${missing[@]/#/  - }"
fi

[ "${1:-}" = tests ] || exit 0

skipped() {
  # CI skips nothing: what it cannot have, it reports as a failure.
  [ -z "${CI:-}" ] || fail "$1"
  echo "$1"
  [ -z "${SKIPPED_PARTS:-}" ] || echo "$1" >>"$SKIPPED_PARTS"
}
# need WHAT PACKAGES…: asked for when the check before it failed.
need() {
  local what="$1"
  shift
  apt_install "$@" || skipped "$what: not installed. Run: sudo apt-get install -y $*"
}

if [ -z "${TEST_PG_URL:-}" ] && ! "$ROOT/scripts/postgres.sh" find >/dev/null; then
  need "tests on PostgreSQL" postgresql
fi
if compgen -G 'e2e/*.test.mjs' >/dev/null; then
  have chromium || have chromium-browser || have google-chrome || need "browser tests" chromium
  { have fc-list && fc-list ':lang=zh' family 2>/dev/null | grep -q .; } ||
    need "Chinese letters in the browser tests' pictures" fontconfig fonts-noto-cjk
fi
