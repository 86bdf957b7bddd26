# Sourced: a script made of named, timed parts that ends with a table of what passed, failed and was skipped.
# shellcheck shell=bash
names=() times=() ends=()

# part NAME COMMAND…: runs it; a failure is remembered and the next part goes on.
part() {
  local name="$1" start="$SECONDS" status=0
  shift
  printf '\n== %s\n' "$name"
  "$@" </dev/null || status=$?
  names+=("$name") times+=("$((SECONDS - start)) s")
  if [ "$status" = 0 ]; then ends+=(ok); else ends+=("FAILED ($status): $*"); fi
  return 0
}
# skip NAME REASON
skip() { names+=("$1") times+=("-") ends+=("skipped: $2"); }
# must: stops when a part has failed, because the rest would only repeat it.
must() { case "${ends[*]}" in *FAILED*) finish ;; esac; }
finish() {
  local i failed=0
  printf '\n== summary\n'
  for i in "${!names[@]}"; do
    printf '%-28s %7s  %s\n' "${names[$i]}" "${times[$i]}" "${ends[$i]}"
    case "${ends[$i]}" in FAILED*) failed=$((failed + 1)) ;; esac
  done
  if [ "$failed" -gt 0 ]; then printf '\n%s of %s parts failed\n' "$failed" "${#names[@]}"; exit 1; fi
  printf '\nall parts passed\n'
  exit 0
}
clippy() { cargo clippy --workspace --all-targets --quiet -- -D warnings; }
types() { (cd web && npm run --silent types); }
