# Sourced by every script: the root, the cache folder, and the few things a poor environment lacks.
# shellcheck shell=bash
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"

if [ -z "${HOME:-}" ]; then
  HOME="$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6)" || true
  export HOME="${HOME:-/tmp}"
fi
for folder in "$HOME/.cargo/bin" /usr/local/bin /usr/bin /bin /usr/sbin /sbin; do
  case ":${PATH:-}:" in
    *":$folder:"*) ;;
    *) if [ -d "$folder" ]; then PATH="${PATH:+$PATH:}$folder"; fi ;;
  esac
done
export PATH
export LC_ALL=C.UTF-8
# Build products live outside the clone; several clones share what they have in common.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/laoyou/target}"
if [ -n "${CI:-}" ]; then
  export CARGO_TERM_COLOR=never CARGO_TERM_PROGRESS_WHEN=never NO_COLOR=1
fi

have() { command -v "$1" >/dev/null 2>&1; }
fail() { printf '%s\n' "$@" >&2; exit 1; }
