#!/usr/bin/env bash
# The measurements of bench/, written to docs/benchmarks.md.
#   bench.sh [ARGUMENTS]        the whole list against DuckDB and OpenFisca-core, one explanation, the start of the
#                               server; arguments go to bench/run.py (default: 200,000 people, engine / DuckDB at most 0.8)
#   bench.sh whole              the same list for 2,047,923 people, OpenFisca-core / engine at least 14
#   bench.sh city [--postgres]  the whole city: making it, its size, the night, then the load
#   bench.sh load [--postgres]  open-loop load on a city made before; see bench/city.py for more options
#   bench.sh import --data DIR  a list of a million rows into a city made before, beside the running server; the city is
#                               changed: give a copy. See bench/imports.py for more options
#   bench.sh pay [--postgres]   a month of 400,000 people (PAY_PEOPLE) from draft to bank file, and two years back for 10,000
#   bench.sh cases [--postgres] a hundred thousand decisions at once (CASES), with the list of cases asked for meanwhile
# LAOYOU_BIN names a built binary for city, load and import, instead of building one.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

export PYTHONDONTWRITEBYTECODE=1
products="$(dirname "$CARGO_TARGET_DIR")"
python="$(command -v python3.11 || command -v python3 || true)"
[ -n "$python" ] || fail "make bench needs Python 3.11 or newer: apt-get install python3 python3-venv"

if [ "${1:-}" = pay ] || [ "${1:-}" = cases ]; then
  if [ "${2:-}" = --postgres ] && [ -z "${TEST_PG_URL:-}" ]; then exec scripts/postgres.sh scripts/bench.sh "$@"; fi
  exec cargo test --release --package "$1" --test it speed -- --ignored --nocapture --test-threads 1
fi

case "${1:-}" in
  city | load | import)
    for word in "$@"; do
      if [ "$word" = --postgres ] && [ -z "${TEST_PG_URL:-}" ]; then exec scripts/postgres.sh scripts/bench.sh "$@"; fi
    done
    binary="${LAOYOU_BIN:-}"
    if [ -z "$binary" ]; then
      cargo build --release --package laoyou --quiet
      binary="$CARGO_TARGET_DIR/release/laoyou"
    fi
    CARGO_TARGET_DIR="$products/load" cargo build --release --quiet --locked --manifest-path bench/load/Cargo.toml
    # LAOYOU_BIN is ours, not a setting of the program.
    program=bench/city.py
    if [ "$1" = import ]; then program=bench/imports.py && shift; fi
    exec env -u LAOYOU_BIN "$python" "$program" "$@" --binary "$binary" --generator "$products/load/release/load" --out "$products/bench"
    ;;
esac

venv="$products/bench-venv"
if [ ! -x "$venv/bin/pip" ]; then
  "$python" -m venv "$venv" || fail "cannot make a Python environment in $venv: apt-get install python3-venv"
fi
"$venv/bin/pip" install --quiet --disable-pip-version-check -r bench/requirements.txt
if [ "${1:-}" = whole ]; then
  shift
  exec "$venv/bin/python" bench/run.py --people 2047923 --most 0.8 --least 14 "$@"
fi
[ $# -gt 0 ] || set -- --people 200000 --most 0.8
"$venv/bin/python" bench/run.py "$@"

# From starting the process to the first answer, on a demo of 20,000 people; the median of five starts.
cargo build --release --package laoyou --quiet
data="$(mktemp -d)"
trap 'rm -rf "$data"' EXIT
binary="$CARGO_TARGET_DIR/release/laoyou"
"$binary" demo --data "$data" --prepare-only >/dev/null 2>&1
times=()
for _ in 1 2 3 4 5; do
  began="$(date +%s%N)"
  "$binary" demo --data "$data" --port 7999 >/dev/null 2>&1 &
  server=$!
  until (exec 3<>/dev/tcp/127.0.0.1/7999) 2>/dev/null; do sleep 0.01; done
  times+=("$((($(date +%s%N) - began) / 1000000))")
  kill "$server" && wait "$server" 2>/dev/null || true
done
median="$(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p)"
"$python" bench/report.py "Server start" "From starting the process to the first connection, on a demo of 20,000 people: $median ms (median of ${times[*]})."
