#!/usr/bin/env bash
# `make scale`: builds the cluster program of scale/ (its own workspace and build folder) and measures it.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

base="$(dirname "$CARGO_TARGET_DIR")"
cargo build --release --package engine --example whole_list
(cd scale && CARGO_TARGET_DIR="$base/scale" cargo build --release --locked)
python3 scale/measure.py --scale "$base/scale/release/laoyou-scale" \
  --make "$CARGO_TARGET_DIR/release/examples/whole_list" "$@"
