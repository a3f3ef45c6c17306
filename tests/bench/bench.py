#!/usr/bin/env python3
"""The benches of the whole daemon, on real servers, each beside its yardstick in the same run.

    python3 tests/bench/bench.py [drain] [letters] [latency] [big]     (all of them when none is named)

drain     5,000 messages of 2–60 KB from Dovecot over TLS to durable outcomes, letters committed and not sent; yardstick:
          mbsync with fsync on the same mailbox. Also memory (peak) and CPU a message.
letters   the same with every letter sent; yardstick: a bare SMTP client that hands the same letters to the same Postfix
          over the same number of kept connections.
latency   delivery into the inbox → acknowledgement accepted by SMTP, one message at a time, with IDLE.
big       four messages of 20 MB each, of three kinds, their letters sent with the originals inside. Memory (peak).

It needs the mail servers of tests/stack/stack.sh, mbsync, and `cargo build --release` done."""
import atexit
import email, email.utils, json, os, shutil, signal, smtplib, socket, ssl, subprocess, sys, tempfile, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mails

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
BINARY = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release/intaked")
COUNT = int(os.environ.get("INTAKED_BENCH_COUNT", "5000"))
UID = 5871


def stack(home):
    subprocess.run([os.path.join(ROOT, "tests/stack/stack.sh"), "up", home], check=True)
    with open(os.path.join(home, "stack.env")) as f:
        return dict(line.strip().split("=", 1) for line in f if "=" in line)


def throwaway(prefix):
    """A folder that is removed at the very end: ext4 without a journal looks past every file deleted in the last minutes
    whenever it makes a new one, so what is cleared away after one measurement would slow the next."""
    folder = tempfile.mkdtemp(prefix=prefix)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Agency:
    """A folder with a configuration, and the daemon on it."""

    def __init__(self, env, name, connections=4, outlet="smtp"):
        self.env, self.domain = env, f"{name}{os.getpid()}.example"
        self.folder = throwaway("intaked-bench.")
        self.socket = os.path.join(self.folder, "data/intaked.sock")
        with open(os.path.join(self.folder, "password"), "w") as f:
            f.write("secret\n")
        os.chmod(os.path.join(self.folder, "password"), 0o600)
        week = ", ".join(f'{d} = "00:00-23:59"' for d in "mon tue wed thu fri sat sun".split())
        people = "".join(
            f'[[person]]\nid = "{i}"\nname = "{i.title()}"\naddress = "sink-{i}@{self.domain}"\nroles = {json.dumps(roles)}\n'
            for i, roles in [("ana", ["csr"]), ("max", ["account_manager", "senior_underwriter"]), ("olga", ["operations_manager"]), ("frank", ["owner"])])
        login = f'user = "service@{self.domain}"\npassword = {{ file = "password" }}\nca_file = "{env["STACK_CA"]}"\n'
        smtp = f'host = "localhost"\nport = {env["STACK_SUBMISSION"]}\nsecurity = "starttls"\n{login}connections = {connections}'
        if outlet == "nobody":  # a port where nobody listens: letters are committed and wait
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                smtp = smtp.replace(env["STACK_SUBMISSION"], str(s.getsockname()[1]))
        elif outlet == "folder":  # letters become files
            smtp = f'folder = "{self.folder}/out"'
        with open(os.path.join(self.folder, "intaked.toml"), "w") as f:
            f.write(f'''[agency]
name = "Bench"
address = "service@{self.domain}"
phone = "(312) 555-0100"
zone = "America/Chicago"
domains = ["{self.domain}"]
mode = "live"
hours = {{ {week} }}
[folders]
data = "{self.folder}/data"
{people}
[digest]
at = "never"

[duty]
people = ["ana", "max"]
[[mailbox]]
name = "service"
host = "localhost"
port = {env["STACK_IMAPS"]}
security = "tls"
{login}since = "2020-01-01"
poll = "30s"
[smtp]
{smtp}
[letters]
per_address_per_day = 10000
per_domain_per_day = 10000
[limits]
disk_reserve = "10MB"
''')

    def seed(self, count):
        """Puts `count` mails into the shared inbox's Maildir; returns their bytes in sum."""
        return self.put(mails.mail(i, 1, f"Bench <service@{self.domain}>") for i in range(count))

    def put(self, messages):
        """Puts mails into the shared inbox's Maildir; returns their bytes in sum."""
        path = os.path.join(self.env["STACK_HOME"], "mail", self.domain, "service/Maildir")
        for sub in ("new", "cur", "tmp"):
            os.makedirs(os.path.join(path, sub))
        total = 0
        for i, data in enumerate(messages):
            total += len(data)
            with open(os.path.join(path, "new", f"17{i:08d}.bench.host"), "wb") as f:
                f.write(data)
        subprocess.run(["chown", "-R", f"{UID}:{UID}", os.path.join(self.env["STACK_HOME"], "mail", self.domain)], check=True)
        return total

    def start(self):
        self.log = open(os.path.join(self.folder, "log"), "a")
        self.began = time.time()
        self.process = subprocess.Popen([BINARY, "run", "--config", os.path.join(self.folder, "intaked.toml")], stdout=self.log, stderr=self.log)

    def status(self):
        """Counts by name: messages, letters due …"""
        out = subprocess.run([BINARY, "status", "--json"], env={**os.environ, "INTAKED_SOCKET": self.socket, "INTAKED_USER": "ana"}, capture_output=True)
        try:
            return dict(json.loads(out.stdout)["counts"])
        except (ValueError, KeyError):
            return {}

    def wait(self, what, done, seconds=300):
        end = time.time() + seconds
        while time.time() < end:
            s = self.status()
            if s and done(s):
                return time.time() - self.began
            if self.process.poll() is not None:
                break
            time.sleep(0.2)
        sys.exit(f"{what} was not reached: {s}\n{open(os.path.join(self.folder, 'log')).read()[-3000:]}")

    def usage(self):
        """Peak memory in MB and CPU seconds so far."""
        with open(f"/proc/{self.process.pid}/status") as f:
            peak = next(int(l.split()[1]) for l in f if l.startswith("VmHWM")) / 1024
        with open(f"/proc/{self.process.pid}/stat") as f:
            fields = f.read().rsplit(") ", 1)[1].split()
        return peak, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

def mbsync(env, agency):
    """Seconds that mbsync needs for the same mailbox, with fsync."""
    folder = throwaway("mbsync.")
    with open(os.path.join(folder, "rc"), "w") as f:
        f.write(f'''FSync yes

IMAPAccount a
Host localhost
Port {env["STACK_IMAPS"]}
User service@{agency.domain}
Pass secret
SSLType IMAPS
CertificateFile {env["STACK_CA"]}

IMAPStore far
Account a

MaildirStore near
Inbox {folder}/inbox
Path {folder}/

Channel c
Far :far:
Near :near:
Sync Pull
Create Near
SyncState {folder}/state
''')
    os.chmod(os.path.join(folder, "rc"), 0o600)
    began = time.time()
    subprocess.run(["mbsync", "-q", "-c", os.path.join(folder, "rc"), "c"], check=True)
    took = time.time() - began
    return took


def drain(env):
    agency = Agency(env, "drain", outlet="nobody")
    size = agency.seed(COUNT)
    yard = mbsync(env, agency)
    agency.start()
    took = agency.wait("drain", lambda s: s["messages"] >= COUNT)
    peak, cpu = agency.usage()
    agency.stop()
    print(f"drain    {COUNT} messages, {size / 1e6:.1f} MB: {took:.2f} s = {COUNT / took:.0f}/s; mbsync {yard:.2f} s = {COUNT / yard:.0f}/s; "
          f"ratio {took / yard:.2f} (wanted: at most 2)")
    print(f"         peak memory {peak:.0f} MB (wanted: under 128); CPU {cpu / COUNT * 1000:.2f} ms a message (wanted: under 1)")


def bare_client(env, letters, connections, user):
    """Letters a second of a bare client over `connections` kept connections."""
    chunks = [letters[i::connections] for i in range(connections)]
    context = ssl.create_default_context(cafile=env["STACK_CA"])
    clients = []
    for _ in range(connections):
        c = smtplib.SMTP("localhost", int(env["STACK_SUBMISSION"]))
        c.starttls(context=context)
        c.login(user, "secret")
        clients.append(c)

    def run(c, chunk):
        for to, data in chunk:
            c.sendmail(user, [to], data)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(clients, chunks)]
    began = time.time()
    [t.start() for t in threads]
    [t.join() for t in threads]
    took = time.time() - began
    [c.quit() for c in clients]
    return len(letters) / took


def written(env, count):
    """The letters that `count` mails give rise to, as (recipient, bytes): a daemon writes them into a folder."""
    agency = Agency(env, "written", outlet="folder")
    agency.seed(count)
    agency.start()
    agency.wait("letters in a folder", lambda s: s["messages"] >= count and s["letters due"] + s["letters trying"] == 0)
    agency.stop()
    out = []
    for name in sorted(os.listdir(os.path.join(agency.folder, "out"))):
        with open(os.path.join(agency.folder, "out", name), "rb") as f:
            data = f.read()
        to = email.message_from_bytes(data[:4000])["To"]
        out.append((email.utils.parseaddr(to)[1], data))
    return out


def letters(env):
    count = COUNT // 2
    same = written(env, count)
    for connections in (1, 4):
        yard = bare_client(env, same, connections, "service@bench.example")
        settle(env)
        agency = Agency(env, f"letters{connections}x", connections=connections)
        agency.seed(count)
        agency.start()
        took = agency.wait("letters", lambda s: s["messages"] >= count and s["letters due"] + s["letters trying"] == 0, 600)
        sent = agency.status()["letters sent"]
        peak, cpu = agency.usage()
        agency.stop()
        settle(env)
        rate = sent / took
        print(f"letters  {connections} connection(s): {sent} letters of {count} messages in {took:.2f} s = {rate:.0f}/s; bare client {yard:.0f}/s; "
              f"ratio {rate / yard:.2f} (wanted: at least 0.8); peak {peak:.0f} MB, CPU {cpu / count * 1000:.2f} ms a message", flush=True)
    

def settle(env):
    """Until Postfix has delivered what it took: two measurements must not share the machine."""
    subprocess.run([os.path.join(ROOT, "tests/stack/stack.sh"), "wait", env["STACK_HOME"]], check=True)


def latency(env):
    agency = Agency(env, "latency")
    agency.start()
    agency.wait("start", lambda s: True)
    time.sleep(2)
    times = []
    lmtp = smtplib.LMTP("127.0.0.1", int(env["STACK_LMTP"]))
    for i in range(60):
        data = mails.mail(i, 2, f"Bench <service@{agency.domain}>", 2, 8, attachments=False)
        began = time.time()
        lmtp.sendmail("client@client.example", [f"service@{agency.domain}"], data)
        while True:
            s = agency.status()
            if s and s["messages"] > i and s["letters due"] + s["letters trying"] == 0:
                break
            time.sleep(0.01)
        times.append(time.time() - began)
    lmtp.quit()
    agency.stop()
    times.sort()
    print(f"latency  delivery → letters accepted by SMTP, {len(times)} messages: median {times[len(times) // 2]:.2f} s, p95 {times[int(len(times) * .95)]:.2f} s (wanted: p95 under 2)")


def big(env):
    for kind in ("no document", "broken PDF", "text"):
        agency = Agency(env, "big" + kind.split()[-1].lower())
        agency.put(mails.big(i, kind, f"Bench <service@{agency.domain}>") for i in range(4))
        agency.start()
        took = agency.wait("big", lambda s: s["messages"] >= 4 and s["letters due"] + s["letters trying"] == 0)
        peak, cpu = agency.usage()
        agency.stop()
        settle(env)
        print(f"big      four messages of 20 MB ({kind}): {took:.1f} s, peak memory {peak:.0f} MB (wanted: under 128); CPU {cpu / 4:.2f} s each", flush=True)


def main():
    wanted = sys.argv[1:] or ["drain", "letters", "latency", "big"]
    home = os.environ.get("INTAKED_TEST_STACK") or os.path.join(tempfile.gettempdir(), "intaked-bench-stack")
    env = stack(home)
    try:
        for name in wanted:
            {"drain": drain, "letters": letters, "latency": latency, "big": big}[name](env)
    finally:
        if not os.environ.get("INTAKED_TEST_STACK"):
            subprocess.run([os.path.join(ROOT, "tests/stack/stack.sh"), "down", home], check=False)


main()
