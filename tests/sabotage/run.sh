#!/usr/bin/env bash
# Breaks each promise on purpose and looks whether the tests notice. A patch that leaves them green is a hole in them.
#
#   bash tests/sabotage/run.sh             every patch
#   bash tests/sabotage/run.sh NAME…       these patches
#   bash tests/sabotage/run.sh --rotate    one patch, another one for each commit (what CI does)
#
# A patch is a unified diff whose first lines say which promise it breaks, and which tests must go red:
#   # promise: …
#   # red: arguments of cargo test
# These tests are run on the unbroken code first: what is red there proves nothing (CI has just run them all).
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/sabotage
mapfile -t all < <(ls "$here"/*.patch)
[ ${#all[@]} -gt 0 ] || { echo "sabotage: no patches" >&2; exit 1; }
chosen=()
sound=yes
case "${1:-}" in
  "") chosen=("${all[@]}") ;;
  --rotate)
    turn=$(git rev-list --count HEAD 2>/dev/null || date +%j)
    chosen=("${all[$((10#$turn % ${#all[@]}))]}")
    sound= ;;
  *) for name in "$@"; do chosen+=("$here/${name%.patch}.patch"); done ;;
esac

# Nobody debugs these builds.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}/sabotage" CARGO_INCREMENTAL=1 CARGO_PROFILE_DEV_DEBUG=0
# Always the same place: so a patch costs the compiling of what it changes, and nothing else.
tree=$CARGO_TARGET_DIR/tree
mkdir -p "$tree"
exec 9>"$tree/lock"
flock -n 9 || { echo "sabotage: another run is at work in $tree" >&2; exit 1; }
if [ -z "${INTAKED_TEST_STACK:-}" ]; then
  INTAKED_TEST_STACK=$(mktemp -d "${TMPDIR:-/tmp}/intaked-stack.XXXXXX")
  export INTAKED_TEST_STACK
  trap 'tests/stack/stack.sh down "$INTAKED_TEST_STACK"' EXIT
  # Its servers must not keep the lock of a run that was killed.
  tests/stack/stack.sh up "$INTAKED_TEST_STACK" 9>&-
fi

# The project as it stands, every file's time anew: cargo goes by it.
unbroken() {
  rm -rf "${tree:?}/intaked"
  mkdir "$tree/intaked"
  git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$tree/intaked" 2>/dev/null || true
}

# What cargo must build for these tests: everything before the names of tests.
build() {
  local arguments=()
  for a in "$@"; do
    [ "$a" != -- ] || break
    arguments+=("$a")
  done
  (cd "$tree/intaked" && cargo test --no-run --quiet "${arguments[@]}" >"$tree/build.log" 2>&1)
}

run() { (cd "$tree/intaked" && timeout 600 cargo test --quiet "$@" >"$tree/test.log" 2>&1); }

red_of() {
  read -r -a red < <(sed -n 's/^# red: //p' "$1")
  [ ${#red[@]} -gt 0 ] || { echo "sabotage: $1 does not say which tests must go red" >&2; exit 1; }
}

declare -A unsound=()
if [ -n "$sound" ]; then
  unbroken
  while read -r line; do
    read -r -a red <<<"$line"
    build "${red[@]}" || { cat "$tree/build.log" >&2; exit 1; }
    if ! run "${red[@]}"; then
      unsound[$line]=red
      echo "sabotage: red without any sabotage: $line: $(grep -E '^thread .* panicked' "$tree/test.log" | cut -d"'" -f2 | xargs)" >&2
    elif ! grep -qE '^running [1-9]' "$tree/test.log"; then
      unsound[$line]=none
      echo "sabotage: no test is named by: $line" >&2
    fi
  done < <(sed -sn 's/^# red: //p' "${chosen[@]}" | sort -u)
fi

green=() useless=()
for patch in "${chosen[@]}"; do
  name=$(basename "$patch" .patch)
  red_of "$patch"
  if [ -n "${unsound[${red[*]}]:-}" ]; then useless+=("$name"); continue; fi
  unbroken
  echo "sabotage: $name ($(sed -n 's/^# promise: //p' "$patch"))"
  patch --quiet -p1 -d "$tree/intaked" <"$patch" || { echo "  it no longer applies; write it anew" >&2; useless+=("$name"); continue; }
  build "${red[@]}" || { grep -A12 '^error' "$tree/build.log" >&2; echo "  it does not build, so it proves nothing" >&2; useless+=("$name"); continue; }
  if run "${red[@]}"; then
    green+=("$name")
    echo "  GREEN: nobody noticed"
  else
    echo "  red, as it must be: $(grep -m1 -E '^thread .* panicked' "$tree/test.log" | sed -E "s/^thread '([^']*)'.*/\1/" | grep . || echo 'the run failed')"
  fi
done
[ ${#useless[@]} -eq 0 ] || echo "sabotage: proved nothing: ${useless[*]}" >&2
[ ${#green[@]} -eq 0 ] || echo "sabotage: unnoticed: ${green[*]}" >&2
echo "sabotage: $((${#chosen[@]} - ${#green[@]} - ${#useless[@]})) of ${#chosen[@]} noticed"
[ $((${#green[@]} + ${#useless[@]})) -eq 0 ]
