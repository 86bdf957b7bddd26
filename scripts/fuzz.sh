#!/usr/bin/env bash
# "Fuzzing" is property tests with many more cases than usual: arbitrary and mutated files for the importer (tabular), the
# plan parser (rules::folder, figures), the condition language (rules) and the engine. Bounded: PROPTEST_CASES cases each
# (default 20000); a tenth of it for plan folders, which are read whole each time, and a hundredth for the engine, whose
# cases are whole populations. A coverage-guided fuzzer may follow.
#   fuzz.sh [FILTER]            only tests whose name holds FILTER
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/prerequisites.sh
cases="${PROPTEST_CASES:-20000}"
named="${1:-}"

# run CASES PACKAGES [WITH | --skip WITHOUT]: with nextest the tests of the whole workspace are built, as `make test` does.
run() {
  local count="$1" packages="$2" with="" without=""
  shift 2
  if [ "${1:-}" = --skip ]; then without="$2"; else with="${1:-}"; fi
  echo "$packages${with:+ ($with)}: $count cases each"
  if have cargo-nextest; then
    local set="package(/^(${packages// /|})\$/)${with:+ and test($with)}${without:+ and not test($without)}${named:+ and test($named)}"
    PROPTEST_CASES="$count" cargo nextest run --workspace --no-fail-fast --status-level fail --hide-progress-bar --no-tests pass -E "$set"
  else
    local each=()
    for package in $packages; do each+=(--package "$package"); done
    PROPTEST_CASES="$count" cargo test "${each[@]}" ${named:-$with} -- ${without:+--skip "$without"}
  fi
}

at_least_one() { echo $(($1 > 0 ? $1 : 1)); }

run "$cases" "tabular"
run "$cases" "rules" --skip changed_folders
run "$(at_least_one $((cases / 10)))" "rules" changed_folders
run "$(at_least_one $((cases / 10)))" "figures" hostile
run "$(at_least_one $((cases / 100)))" "engine"
