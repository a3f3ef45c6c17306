#!/usr/bin/env bash
# The benches: reading on one core, then the whole daemon on real servers, each beside its yardstick in the same run.
#
#   bash tests/bench/run.sh [read] [drain] [letters] [latency]     all of them when none is named
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v mbsync >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends isync >/dev/null
cargo build --release --quiet
whole=()
reading=
[ $# -gt 0 ] || { reading=yes; whole=(drain letters latency); }
for name in "$@"; do
  if [ "$name" = read ]; then reading=yes; else whole+=("$name"); fi
done
[ -z "$reading" ] || cargo bench --quiet --bench read
[ ${#whole[@]} -eq 0 ] || python3 tests/bench/bench.py "${whole[@]}"
