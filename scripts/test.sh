#!/usr/bin/env bash
# `make test`: everything that must hold before a change lands. Each part is named and timed; a failed
# part does not hide the next ones; what is skipped is listed with its reason.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
. scripts/parts.sh

# What tests leave behind goes with this folder; the database server's own user must get into it.
TMPDIR="$(mktemp -d)"
chmod 711 "$TMPDIR"
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
SKIPPED_PARTS="$(mktemp)"
export SKIPPED_PARTS
scripts/prerequisites.sh tests

# with_postgres COMMAND…: on both databases when PostgreSQL can be had.
if [ -n "${TEST_PG_URL:-}" ] || scripts/postgres.sh find >/dev/null; then
  with_postgres() { scripts/postgres.sh "$@"; }
else
  with_postgres() { "$@"; }
fi
rust_tests() {
  if have cargo-nextest; then
    with_postgres cargo nextest run --workspace --no-fail-fast --status-level fail --final-status-level slow
  else
    with_postgres cargo test --workspace --no-fail-fast --quiet --lib --bins --tests --examples
  fi
}
# The doc tests of the crates that have any; each costs a link.
doc_tests() {
  local crates=() folder
  for folder in crates/*/*/; do
    if grep -rqE '^\s*//[/!] ```(rust)?\s*$' "$folder/src" && [ -f "$folder/src/lib.rs" ]; then
      crates+=(--package "$(basename "$folder")")
    fi
  done
  if [ ${#crates[@]} -eq 0 ]; then echo "no crate has an example in its documentation"; return 0; fi
  cargo test --doc --quiet "${crates[@]}"
}
browser_tests() {
  (cd e2e && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || return 1
  cargo build --package laoyou --quiet || return 1
  export LAOYOU_BIN="$CARGO_TARGET_DIR/debug/laoyou" LAOYOU_CHROMIUM="$chromium"
  node --test e2e/*.test.mjs
}

part "web build" scripts/web.sh
must
part "script types" types
part "rustfmt" cargo fmt --all --check
part "clippy" clippy
part "tidy" cargo xtask tidy
part "Rust tests" rust_tests
part "documentation tests" doc_tests

chromium="$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)"
if ! compgen -G 'e2e/*.test.mjs' >/dev/null; then
  skip "browser tests" "e2e/ holds no *.test.mjs yet"
elif [ -n "$chromium" ]; then
  part "browser tests" browser_tests
fi
while IFS= read -r reason; do
  skip "${reason%%:*}" "${reason#*: }"
done <"$SKIPPED_PARTS"
finish
