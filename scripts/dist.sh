#!/usr/bin/env bash
# One archive to carry to a server: the program (web assets inside), plans, licences.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/prerequisites.sh
scripts/web.sh
cargo build --release --package laoyou
version="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)"
name="laoyou-$version-$(uname -m)"
out="$CARGO_TARGET_DIR/dist"
rm -rf "${out:?}/$name" && mkdir -p "$out/$name"
cp -r "$CARGO_TARGET_DIR/release/laoyou" plans LICENSE THIRD-PARTY.md "$out/$name/"
tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -czf "$out/$name.tar.gz" "$name"
echo "$out/$name.tar.gz"
