#!/usr/bin/env bash
# Builds web/dist when something it is made from has changed, and says nothing when nothing has.
# npm runs again only when the lockfile changed. The styles are purged by what templates and Rust
# texts use, so those are sources too.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

digest() { git hash-object --no-filters --stdin-paths | git hash-object --stdin; }

packages="$(printf '%s\n' web/package.json web/package-lock.json | digest)"
installed=web/node_modules/.laoyou-stamp
if [ "$(cat "$installed" 2>/dev/null)" != "$packages" ]; then
  echo "web: npm ci"
  (cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null)
  echo "$packages" >"$installed"
fi

sources="$({
  find web -maxdepth 1 -type f
  find web/src -type f
  find crates -type f \( -name '*.html' -o -name '*.rs' \) -not -path '*/tests/*'
} | sort | digest)"
built=web/dist/.stamp
if [ "$(cat "$built" 2>/dev/null)" != "$sources" ] || [ ! -f web/dist/manifest.json ]; then
  echo "web: build"
  (cd web && node build.mjs)
  echo "$sources" >"$built"
fi
