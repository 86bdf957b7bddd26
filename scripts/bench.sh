#!/usr/bin/env bash
# The measurements of bench/; arguments go to bench/run.py.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/prerequisites.sh
have python3 || fail "Python 3 is missing: sudo apt-get install -y python3 python3-venv"
[ -f bench/run.py ] || fail "bench/run.py is not there yet."
exec python3 bench/run.py "$@"
