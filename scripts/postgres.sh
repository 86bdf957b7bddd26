#!/usr/bin/env bash
# A throwaway PostgreSQL for tests, stopped and deleted at the end.
#   postgres.sh COMMAND…   runs the command with TEST_PG_URL set (a URL that is already set is used as it is)
#   postgres.sh            starts one, prints the line to export, stays until Ctrl-C
#   POSTGRES_OPTIONS="-c shared_buffers=1GB" adds settings of the server, for measurements
#   postgres.sh find       prints the folder of initdb and pg_ctl, or fails
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

find_binaries() {
  local folder
  for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    if [ -x "$folder/initdb" ]; then echo "$folder"; return; fi
  done
  if have initdb && have pg_ctl; then dirname "$(command -v initdb)"; return; fi
  return 1
}

if [ "${1:-}" = find ]; then find_binaries; exit; fi
if [ -n "${TEST_PG_URL:-}" ] && [ $# -gt 0 ]; then exec "$@"; fi

binaries="$(find_binaries)" || fail "PostgreSQL is not installed. Run: sudo apt-get install -y postgresql"
home="$(mktemp -d "${TMPDIR:-/tmp}/laoyou-postgres.XXXXXX")"
# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" = 0 ]; then
  owner=postgres
  id "$owner" >/dev/null 2>&1 || owner=nobody
  chown "$owner" "$home"
  as=(runuser -u "$owner" --)
fi

stop() {
  (cd / && "${as[@]}" "$binaries/pg_ctl" -D "$home/data" -m immediate -s stop >/dev/null 2>&1) || true
  rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

run() { (cd / && "${as[@]}" "$@" </dev/null >>"$home/log" 2>&1); }
: >"$home/log" && chmod 666 "$home/log"
run "$binaries/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C --no-sync ||
  { cat "$home/log" >&2; fail "initdb failed"; }

for attempt in 1 2 3; do
  port="$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')"
  options="-p $port -k $home -c listen_addresses=127.0.0.1 -c max_connections=400 -c shared_buffers=128MB"
  options+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off ${POSTGRES_OPTIONS:-}"
  if run "$binaries/pg_ctl" -D "$home/data" -l "$home/server.log" -o "$options" -w -t 60 -s start; then break; fi
  if [ "$attempt" = 3 ]; then cat "$home/log" "$home/server.log" >&2 || true; fail "PostgreSQL did not start"; fi
done

export TEST_PG_URL="postgres://postgres@127.0.0.1:$port/postgres"
if [ $# -eq 0 ]; then
  echo "export TEST_PG_URL=$TEST_PG_URL"
  while :; do sleep 3600 & wait $!; done
fi
status=0
"$@" || status=$?
exit "$status"
