#!/usr/bin/env bash
# A real Dovecot (IMAP, LMTP) and a real Postfix (submission with AUTH and STARTTLS, and TLS) on loopback, in one
# throwaway folder, for the end-to-end tests and benches.
#
#   stack.sh up DIR      start, unless it runs already; writes DIR/stack.env
#   stack.sh down DIR    stop and remove DIR
#   stack.sh wait DIR    until Postfix's queue is empty
#
# Every address under *.example has a mailbox from its first use on and the password `secret`. By local part:
# reject…@ is refused with 550 at RCPT, tempfail…@ with 451, bounce…@ comes back as a delivery report, sink…@ is
# accepted and discarded. Nothing leaves this machine: any other recipient is refused.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"
say() { echo "stack: $*" >&2; }
fail() {
  say "$*"
  exit 1
}
[ $# -eq 2 ] || {
  sed -n '2,11p' "$0" >&2
  exit 2
}
verb=$1
mkdir -p "$2"
home=$(cd "$2" && pwd -P)
uid=5871 # Dovecot's mail user: a number is enough

free_port() { # a free port below the range that the kernel hands out
  python3 -c '
import random, socket
while True:
    p = random.SystemRandom().randrange(20000, 32000)
    with socket.socket() as s:
        try: s.bind(("127.0.0.1", p))
        except OSError: continue
    print(p); break'
}

certificates() {
  local t=$home/tls
  mkdir -p "$t"
  [ ! -s "$t/server.pem" ] || return 0
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=intaked test CA" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$t/ca.key" -out "$t/ca.pem" 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$t/server.key" -out "$t/server.csr" 2>/dev/null
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n' >"$t/ext"
  openssl x509 -req -in "$t/server.csr" -CA "$t/ca.pem" -CAkey "$t/ca.key" -CAcreateserial -days 3650 \
    -extfile "$t/ext" -out "$t/server.pem" 2>/dev/null
}

dovecot_conf() {
  cat <<CONF
base_dir = $run/dovecot
state_dir = $run/dovecot-state
protocols = imap lmtp
listen = 127.0.0.1
log_path = $home/dovecot.log
auth_mechanisms = plain login
auth_failure_delay = 1 secs
disable_plaintext_auth = no
ssl = yes
ssl_cert = <$home/tls/server.pem
ssl_key = <$home/tls/server.key
hostname = mail.test.example
postmaster_address = postmaster@test.example
first_valid_uid = 1
mail_uid = $uid
mail_gid = $uid
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
recipient_delimiter = +
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=$uid gid=$uid home=$home/mail/%Ld/%Ln allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    address = 127.0.0.1
    port = $imap
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $imaps
    ssl = yes
  }
}
service imap {
  process_limit = 512
}
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp
  }
}
service auth {
  unix_listener postfix-auth {
    mode = 0666
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
CONF
}

postfix_main() {
  cat <<CONF
compatibility_level = 3.6
queue_directory = $home/queue
data_directory = $home/postfix-data
maillog_file = $home/postfix.log
maillog_file_prefixes = $home
myhostname = mail.test.example
myorigin = test.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
biff = no
append_dot_mydomain = no
recipient_delimiter = +
disable_dns_lookups = yes
smtp_host_lookup = native
default_transport = error:5.7.1 only *.example is delivered here
relay_transport = error:5.7.1 only *.example is delivered here
virtual_mailbox_domains = regexp:$home/postfix/domains
virtual_mailbox_maps =
virtual_transport = lmtp:unix:$run/dovecot/lmtp
transport_maps = regexp:$home/postfix/transport
smtpd_sasl_type = dovecot
smtpd_sasl_path = $run/dovecot/postfix-auth
smtpd_tls_security_level = may
smtpd_tls_cert_file = $home/tls/server.pem
smtpd_tls_key_file = $home/tls/server.key
smtp_tls_security_level = none
smtpd_recipient_restrictions = check_recipient_access regexp:$home/postfix/recipients
smtpd_relay_restrictions = permit_sasl_authenticated, permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
message_size_limit = 52428800
mailbox_size_limit = 0
virtual_mailbox_limit = 0
in_flow_delay = 0
queue_run_delay = 5s
minimal_backoff_time = 5s
maximal_backoff_time = 20s
CONF
}

postfix_master() {
  cat <<CONF
127.0.0.1:$submission inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:$submissions inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
bouncer unix - n n - - pipe
  user=nobody null_sender= argv=$home/postfix/bouncer
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
CONF
}

running() { [ -s "$1" ] && kill -0 "$(tr -d ' ' <"$1")" 2>/dev/null; }

up() {
  [ "$(id -u)" = 0 ] || fail "the mail servers change users, so this must run as root"
  exec 9>"$home/.lock" && flock 9
  if [ -s "$home/stack.env" ]; then
    . "$home/stack.env"
    run=$STACK_RUN
    if running "$run/dovecot/master.pid" && running "$home/queue/pid/master.pid"; then return 0; fi
  fi
  local up=$home
  while [ "$up" != / ]; do # the servers' own users must be able to come in
    if ! ((0$(stat -c %a "$up") & 1)); then
      [ "$up" = "$home" ] || fail "$up is closed to other users (chmod a+x it, or use another folder)"
      chmod a+rx "$up"
    fi
    up=$(dirname "$up")
  done
  imap=$(free_port) imaps=$(free_port) submission=$(free_port) submissions=$(free_port) lmtp=$(free_port)
  run=$(mktemp -d -t stk.XXXXXX) # the paths of Unix sockets must be short
  chmod 755 "$run"
  certificates
  mkdir -p "$home"/{postfix,queue,postfix-data,mail} "$run/dovecot" "$run/dovecot-state"
  dovecot_conf >"$home/dovecot.conf"
  postfix_main >"$home/postfix/main.cf"
  postfix_master >"$home/postfix/master.cf"
  echo '/(^|\.)example$/ ok' >"$home/postfix/domains"
  printf '/^bounce[^@]*@/ bouncer:\n/^sink[^@]*@/ discard:\n' >"$home/postfix/transport"
  cat >"$home/postfix/recipients" <<'CONF'
/^reject[^@]*@/ 550 5.1.1 No such user here
/^tempfail[^@]*@/ 451 4.3.0 Try again later
/[@.]example$/ dunno
/./ 550 5.7.1 only *.example is delivered here
CONF
  printf '#!/bin/sh\ncat >/dev/null\necho "5.1.1 this mailbox does not exist"\nexit 67\n' >"$home/postfix/bouncer"
  chmod 755 "$home/postfix/bouncer"
  chown "$uid:$uid" "$home/mail"
  chown root:root "$home/queue"
  chown postfix:root "$home/postfix-data" && chmod 700 "$home/postfix-data"
  dovecot -c "$home/dovecot.conf" </dev/null >"$home/start.log" 2>&1 9>&- || {
    cat "$home/start.log" >&2
    fail "Dovecot did not start"
  }
  postfix -c "$home/postfix" start </dev/null >>"$home/start.log" 2>&1 9>&- || {
    cat "$home/start.log" >&2
    fail "Postfix did not start"
  }
  local port try
  for port in $imap $imaps $submission $submissions $lmtp; do
    for try in $(seq 100); do
      (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
      sleep 0.1
    done
    [ "$try" -lt 100 ] || fail "port $port does not answer; see $home"
  done
  cat >"$home/stack.env" <<CONF
STACK_HOME=$home
STACK_RUN=$run
STACK_CA=$home/tls/ca.pem
STACK_IMAP=$imap
STACK_IMAPS=$imaps
STACK_SUBMISSION=$submission
STACK_SUBMISSIONS=$submissions
STACK_LMTP=$lmtp
CONF
}

down() {
  [ -s "$home/stack.env" ] || {
    rm -rf "$home"
    return 0
  }
  . "$home/stack.env"
  postfix -c "$home/postfix" stop >/dev/null 2>&1 || true
  if running "$STACK_RUN/dovecot/master.pid"; then kill "$(cat "$STACK_RUN/dovecot/master.pid")" || true; fi
  for _ in $(seq 50); do
    running "$STACK_RUN/dovecot/master.pid" || running "$home/queue/pid/master.pid" || break
    sleep 0.1
  done
  rm -rf "$STACK_RUN" "$home"
}

wait_for_queue() {
  for _ in $(seq 300); do
    [ -n "$(find "$home"/queue/{maildrop,incoming,active,deferred} -type f 2>/dev/null | head -1)" ] || return 0
    sleep 0.2
  done
  fail "mail still waits in Postfix's queue"
}

case $verb in
up) up ;;
down) down ;;
wait) wait_for_queue ;;
*) fail "unknown verb $verb" ;;
esac
