#!/usr/bin/env bash
# Runs every test of intaked: unit, property, end-to-end. Installs what the tests need when it is missing (Debian
# packages; the project's own toolchain is cargo), starts real mail servers on loopback, and stops them again.
#
#   bash tests/run.sh            everything
#   bash tests/run.sh NAME…      only tests whose name holds one of the words
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:/usr/sbin:/sbin"

need=()
[ -x /usr/lib/dovecot/imap ] || need+=(dovecot-imapd)
[ -x /usr/lib/dovecot/lmtp ] || need+=(dovecot-lmtpd)
command -v postfix >/dev/null || need+=(postfix)
command -v openssl >/dev/null || need+=(openssl)
command -v python3 >/dev/null || need+=(python3)
command -v faketime >/dev/null || need+=(faketime)
command -v strace >/dev/null || need+=(strace)
if [ ${#need[@]} -gt 0 ]; then
  echo "run.sh: installing ${need[*]}"
  command -v apt-get >/dev/null || { echo "run.sh: this is not a Debian machine; please install ${need[*]} and run again" >&2; exit 1; }
  guard=
  if [ ! -e /usr/sbin/policy-rc.d ]; then # the packages must not start services of their own
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    guard=yes
  fi
  echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections || true
  apt-get update >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${need[@]}" >/dev/null
  [ -z "$guard" ] || rm -f /usr/sbin/policy-rc.d
fi

stack=$(mktemp -d "${TMPDIR:-/tmp}/intaked-stack.XXXXXX")
export INTAKED_TEST_STACK=$stack
trap 'tests/stack/stack.sh down "$stack" || true' EXIT
tests/stack/stack.sh up "$stack"

# Building first keeps compile time out of the tests' own deadlines.
cargo test --no-run --quiet
if [ $# -gt 0 ]; then
  for word in "$@"; do cargo test "$word"; done
else
  cargo test
fi

if [ "${INTAKED_SABOTAGE:-}" = rotate ]; then
  bash tests/sabotage/run.sh --rotate
fi
