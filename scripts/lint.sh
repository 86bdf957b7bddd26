#!/usr/bin/env bash
# Everything that reads the code without running it.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
. scripts/parts.sh

scripts/prerequisites.sh
part "web build" scripts/web.sh
must
part "script types" types
part "rustfmt" cargo fmt --all --check
part "clippy" clippy
part "tidy" cargo xtask tidy
finish
