#!/usr/bin/env bash
# The benches: reading on one core, then the whole daemon on real servers, each beside its yardstick in the same run.
#
#   bash tests/bench/run.sh [read] [tick] [drain] [letters] [latency] [big]     all of them when none is named
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v mbsync >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends isync >/dev/null
cargo build --release --quiet
whole=()
reading=
ticking=
[ $# -gt 0 ] || { reading=yes; ticking=yes; whole=(drain letters latency big); }
for name in "$@"; do
  case "$name" in
    read) reading=yes ;;
    tick) ticking=yes ;;
    *) whole+=("$name") ;;
  esac
done
[ -z "$reading" ] || cargo bench --quiet --bench read
# A ratio needs no optimiser, and thin LTO leaves the symbols of std::process out of this program.
[ -z "$ticking" ] || cargo bench --quiet --profile dev --bench tick
[ ${#whole[@]} -eq 0 ] || python3 tests/bench/bench.py "${whole[@]}"
