"""Writes synthetic agency mail of 2 to 60 KB for the benches: text, HTML, history, signatures, attachments.

Everything comes from the seed, so that a run gives the same bytes again. It is load, not a test of reading: the words
are many, the shapes are those of real mail programs."""
import random
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

FIRMS = "Hollow Creek,Bright Leaf,Stonegate,Prairie Wind,Iron Mill,Lakeview,Red Barn,Twin Oaks".split(",")
TRADES = "Roofing,Landscaping,Bakery,Trucking,Plumbing,Dental,Movers,Carpentry".split(",")
NAMES = "Ruth Baker,Omar Diaz,Lena Novak,Jack Porter,Mei Chen,Sofía Núñez,Paul O'Hara,Grace Kim".split(",")
PLACES = ["Joliet, IL 60432", "Gary, IN 46402", "Racine, WI 53402", "Kenosha, WI 53140"]
WORDS = ("the crew starts on monday and our foreman asked about it twice this week please call when you have a moment the office "
         "closes early on friday we moved the yard last month and the gate code has changed thanks as always for the quick help").split()
NOTICE = ("CONFIDENTIALITY NOTICE: This message and any attachments are intended only for the addressee and may contain "
          "privileged information. If you received it in error, please delete it.")


def request(r, when, firm, number):
    day = (when + timedelta(days=r.randint(1, 15))).strftime(r.choice(["%m/%d/%Y", "%B %d, %Y", "%A"]))
    place = f"{r.randint(10, 9900)} {r.choice(['Mill', 'Oak', 'State', 'Canal'])} St, {r.choice(PLACES)}"
    return r.choice([
        ("COI needed", f"Please send a certificate of insurance for {firm} to:\n\n{r.choice(FIRMS)} Builders LLC\n{place}\n\nWe need it by {day}. Policy {number}."),
        ("Add a truck", f"Please add a 2023 Ford F-150, VIN 1FTFW1E53PKD{r.randint(10000, 99999)}, to policy {number} effective {day}. It is garaged at {place}."),
        ("ID cards", f"Could you email new auto ID cards for policy {number}? We need them by {day}."),
        ("Claim", f"Our van was rear-ended on {when.strftime('%m/%d/%Y')} at {place}. Policy {number}. Please call me."),
        ("Invoice question", f"The invoice for {number} shows ${r.randint(200, 9000)}. Is that right? It is due {day}."),
        ("Renewal", f"Our policy {number} expires {day}. What will the renewal premium be?"),
        ("Cancel policy", f"Please cancel policy {number} effective {day}. We sold the business."),
    ])


def prose(r, n):
    return " ".join(r.choice(WORDS) for _ in range(n)).capitalize() + "."


def mail(i, seed, to, low_kb=2, high_kb=60, attachments=True):
    """The i-th mail of a seed, as bytes."""
    r = random.Random(seed * 7919 + i)
    when = datetime(2026, 3, 2, 14, 0, tzinfo=timezone.utc) + timedelta(seconds=i * 41)
    name, firm = r.choice(NAMES), f"{r.choice(FIRMS)} {r.choice(TRADES)} LLC"
    number = f"{r.choice(['BAP', 'CGL', 'WC', 'HO'])}-{r.randint(100000, 999999)}"
    subject, body = request(r, when, firm, number)
    sender = f"sink{r.randint(1, 4000)}@{firm.lower().replace(' ', '')}.example"
    target = int(low_kb * 1024 * (high_kb / low_kb) ** (r.random() ** 1.35))
    m = EmailMessage(policy=SMTP)
    m["From"] = f'"{name}" <{sender}>'
    m["To"] = to
    m["Subject"] = f"{subject} {i:05d}"
    m["Date"] = format_datetime(when)
    m["Message-ID"] = f"<{seed}.{i}.{r.getrandbits(40):x}@{sender.split('@')[1]}>"
    text = f"Hello,\n\n{body}\n\n{prose(r, 40)}\n\nRegards,\n{name}\n{firm}\n(773) 555-01{r.randint(0, 99):02}\n"
    attached = attachments and r.random() < .15
    room = target - len(text) - 900 - (target // 2 if attached else 0)
    history = ""
    while len(history) < room // (1 if r.random() < .4 else 3):
        history += f"\n> On Monday, {r.choice(NAMES)} wrote:\n" + "".join(f"> {prose(r, 11)}\n" for _ in range(8))
    shape = r.random()
    if shape < .35:
        m.set_content(text + ("\n" + NOTICE + "\n" if r.random() < .5 else "") + history)
    else:
        page = "".join(f'<p class="MsoNormal"><span style="font-size:11.0pt">{line.replace("<", "&lt;").replace(">", "&gt;")}</span></p>\n' for line in (text + history).split("\n"))
        page = f"<html><head><style>p.MsoNormal{{margin:0in;font-family:Calibri}}</style></head><body>{page}</body></html>"
        if shape < .93:
            m.set_content(text + history)
            m.add_alternative(page, subtype="html", cte="quoted-printable")
        else:
            m.set_content(page, subtype="html", cte="quoted-printable")
    if attached:
        m.add_attachment(b"%PDF-1.4\n" + r.randbytes(max(500, target // 3)), maintype="application", subtype="pdf", filename=f"form-{i}.pdf")
    for n, part in enumerate(m.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{seed}_{i}_{n}")
    return m.as_bytes()


def big(i, kind, to):
    """A mail of 20 MB: its attachment is none that anybody opens, or a broken PDF, or all of it is text."""
    r = random.Random(i)
    m = EmailMessage(policy=SMTP)
    m["From"] = f"Ruth Baker <sink{i}@stonegatebakery.example>"
    m["To"] = to
    m["Subject"] = f"COI needed {i}"
    m["Date"] = format_datetime(datetime(2026, 3, 2, 14, 0, tzinfo=timezone.utc))
    m["Message-ID"] = f"<big.{kind.split()[-1]}.{i}@stonegatebakery.example>"
    text = "Hello,\n\nPlease send a certificate of insurance for Stonegate Bakery LLC.\n\nRegards,\nRuth Baker\n"
    size = 20 * 1000 * 1000
    if kind == "text":
        lines = [prose(r, 11) for _ in range(1000)]
        m.set_content(text + "\n".join(lines * (size // sum(len(line) + 2 for line in lines))))
    else:
        m.set_content(text)
        data = r.randbytes(size * 72 // 98)
        pdf = kind == "broken PDF"
        m.add_attachment((b"%PDF-1.4\n" if pdf else b"") + data, maintype="application",
                         subtype="pdf" if pdf else "octet-stream", filename="plans.pdf" if pdf else "plans.dwg")
    return m.as_bytes()
