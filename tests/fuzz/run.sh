#!/usr/bin/env bash
# Fuzzes one target for so many seconds:
#
#   bash tests/fuzz/run.sh TARGET SECONDS [libFuzzer's options]
#
# Everything it makes lies under target/fuzz (or CARGO_TARGET_DIR/fuzz): seeds, the corpus, which the next run goes on
# with, and what was found, under artifacts/TARGET. Ends with an error where something was found.
set -euo pipefail
cd "$(dirname "$0")/../.."
usage() { sed -n '2,5s/^# \{0,1\}//p' tests/fuzz/run.sh >&2; echo "targets: $(ls tests/fuzz/fuzz_targets | sed 's/\.rs$//' | xargs)" >&2; exit 2; }
[ $# -ge 2 ] && [ -f "tests/fuzz/fuzz_targets/$1.rs" ] || usage
target=$1 seconds=$2
shift 2

# Runs on the stable toolchain: coverage without the address sanitiser, which safe Rust can do without.
cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz --version 0.13.2
place=${CARGO_TARGET_DIR:-$PWD/target}/fuzz
corpus=$place/corpus/$target artifacts=$place/artifacts/$target made=$place/made/$target
mkdir -p "$corpus" "$artifacts"
rm -rf "$made"
python3 tests/fuzz/seeds.py "$target" "$made"
cargo fuzz build -s none --fuzz-dir tests/fuzz --target-dir "$place" "$target"

host=$(rustc -vV | sed -n 's/^host: //p')
"$place/$host/release/$target" "$corpus" "$made/seeds" -dict="$made/words.dict" -artifact_prefix="$artifacts/" \
  -max_total_time="$seconds" -max_len=12000 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 "$@"
