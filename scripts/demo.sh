#!/usr/bin/env bash
# Starts the demo: check the machine, build what changed, run. Arguments go to `laoyou demo`.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/prerequisites.sh
scripts/web.sh
cargo build --package laoyou --quiet || fail "The program did not build; the messages above say where."
exec "$CARGO_TARGET_DIR/debug/laoyou" demo "$@"
