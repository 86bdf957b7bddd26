#!/usr/bin/env bash
# For now "fuzzing" is the property tests of rules, engine and tabular (arbitrary files) with many more cases than usual
# (PROPTEST_CASES, default 20000); a coverage-guided fuzzer may follow.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/prerequisites.sh
export PROPTEST_CASES="${PROPTEST_CASES:-20000}"
echo "property tests of rules, engine and tabular, $PROPTEST_CASES cases each"
exec cargo test --package rules --package engine --package tabular
