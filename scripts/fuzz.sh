#!/usr/bin/env bash
# "Fuzzing" is property tests with many more cases than usual: arbitrary and mutated files for the importer (tabular), the
# plan parser (rules::folder, figures), the condition language (rules) and the engine. Bounded: PROPTEST_CASES cases each
# (default 20000; the plan folders, which are read whole each time, a tenth of it). A coverage-guided fuzzer may follow.
#   fuzz.sh [FILTER]            only tests whose name holds FILTER
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/prerequisites.sh
cases="${PROPTEST_CASES:-20000}"
echo "importer, condition language, engine: $cases cases each"
PROPTEST_CASES="$cases" cargo test --package tabular --package engine "$@"
PROPTEST_CASES="$cases" cargo test --package rules "$@" -- --skip changed_folders
few=$((cases / 10 > 0 ? cases / 10 : 1))
echo "plan folders of the real places, changed: $few cases each"
PROPTEST_CASES="$few" cargo test --package rules --package figures hostile
