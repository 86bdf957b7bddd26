#!/usr/bin/env bash
# The quick look before a commit: formatting, lints, tidy, and the tests that need no database.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
. scripts/parts.sh

scripts/prerequisites.sh
pure=(--package kernel --package rules --package engine --package authz --package ui --package xtask)
pure_tests() { cargo test --quiet "${pure[@]}" --lib --bins; }
part "rustfmt" cargo fmt --all --check
part "clippy" clippy
part "tidy" cargo xtask tidy
part "pure tests" pure_tests
finish
