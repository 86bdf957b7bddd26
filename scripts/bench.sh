#!/usr/bin/env bash
# The measurements of bench/: the whole list against DuckDB, one explanation, and the start of the server.
# Arguments go to bench/run.py (default: 200,000 people, at most 0.8 of DuckDB's time).
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

python="$(command -v python3.11 || command -v python3 || true)"
[ -n "$python" ] || fail "make bench needs Python 3.11 or newer: apt-get install python3 python3-venv"
venv="$(dirname "$CARGO_TARGET_DIR")/bench-venv"
if [ ! -x "$venv/bin/pip" ]; then
  "$python" -m venv "$venv" || fail "cannot make a Python environment in $venv: apt-get install python3-venv"
fi
"$venv/bin/pip" install --quiet --disable-pip-version-check -r bench/requirements.txt
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
printf 'server start, 20,000 people: %s ms (median of %s)\n' \
  "$(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p)" "${times[*]}"
