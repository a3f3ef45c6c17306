#!/usr/bin/env python3
"""Makes seeds and a dictionary for a fuzz target from what lies in the project: seeds.py TARGET FOLDER

The labelled mail, the tests' and the demonstration's messages, and small documents written here; the words are those
of the sources and rules. Mail that is kept unseen (tests/mail/sealed) is never opened.
"""
import email, email.policy, hashlib, pathlib, re, sys, tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BETWEEN = "\x1e"
LARGEST = 12_000


def mails():
    folders = [*sorted((ROOT / "tests/mail").glob("batch-*")), *sorted((ROOT / "tests/mail/parts").iterdir()),
               ROOT / "src/message/fixtures", ROOT / "src/daemon/demo/mail"]
    for folder in folders:
        if folder.is_dir() and folder.name != "sealed":
            for path in sorted(folder.glob("*.eml")):
                yield path.read_bytes()


def bodies(kind):
    """Subject and decoded body of each mail that has one of this kind."""
    for raw in mails():
        message = email.message_from_bytes(raw, policy=email.policy.default)
        for part in message.walk():
            if part.get_content_type() == kind and not part.is_attachment():
                try:
                    yield str(message["subject"] or ""), part.get_content().replace("\r\n", "\n")
                except (LookupError, ValueError):
                    pass


def attached():
    """What is attached to the mails: type, name, bytes."""
    for raw in mails():
        for part in email.message_from_bytes(raw, policy=email.policy.default).walk():
            bytes_ = part.get_payload(decode=True)
            if part.get_filename() and bytes_:
                yield part.get_content_type(), part.get_filename().lower(), bytes_


def documents():
    """The first byte says what the rest is: see fuzz_targets/attachments.rs."""
    def one(kind, data):
        return bytes([kind]) + (data if isinstance(data, bytes) else data.encode())
    content = "BT /F1 11 Tf 14 TL 50 740 Td (Subcontract Agreement) Tj T* [(Article) -250 (9)] TJ ET"
    catalog = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R 6 0 R] >> >>"
    pages = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    page = ("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 << /Type "
            "/Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>")
    stream = f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"
    form = ["<< /FT /Tx /T (F[0].P1[0].NamedInsured_FullName_A[0]) /V (Marchetti Trucking LLC) >>",
            "<< /FT /Btn /T (GeneralLiability_OccurrenceIndicator_A) /V /1 /Kids [7 0 R] >>",
            "<< /T (Vehicle_VINIdentifier_A) /V <FEFF0031> /Parent 6 0 R >>"]
    objects = [catalog, pages, page, stream, *form]
    yield one(1, content)
    yield one(2, BETWEEN.join(objects))
    whole = "%PDF-1.5\n" + "".join(f"{i + 1} 0 obj\n{o}\nendobj\n" for i, o in enumerate(objects))
    yield one(0, whole + "trailer\n<< /Size 8 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n")
    cell = "<w:tc><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:tc>"
    yield one(3, '<?xml version="1.0"?><w:document xmlns:w="w" xmlns:mc="mc"><w:body><w:p><w:r><w:t>Drivers &amp; '
              'vehicles&#x2014;2026</w:t><w:tab/><w:br/></w:r></w:p><w:tbl><w:tr>' + cell % "VIN" + cell % "Year"
              + "</w:tr><w:tr>" + cell % "1M8GDM9AXKP042788" + cell % "2019" + "</w:tr></w:tbl><mc:AlternateContent>"
              "<mc:Choice><w:p><w:r><w:t>once</w:t></w:r></w:p></mc:Choice><mc:Fallback><w:p/></mc:Fallback>"
              "</mc:AlternateContent></w:body></w:document>")
    yield one(4, '<row r="1"><c r="A1" t="inlineStr"><is><t>VIN</t></is></c><c r="C1" t="s"><v>0</v></c></row>'
              '<row r="3"><c r="A3" t="str"><v>1M8GDM9AXKP042788</v></c><c r="B3" s="1"><v>45000.5</v></c>'
              '<c r="C3" t="b"><v>1</v></c><c r="D3" t="e"><v>#N/A</v></c></row>' + BETWEEN
              + "<si><t>Year</t></si><si><r><t>Model</t></r></si>" + BETWEEN
              + '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
              '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>')
    yield one(5, '<office:document-content><office:body><office:spreadsheet><table:table table:name="V"><table:table-row>'
              '<table:table-cell office:value-type="string"><text:p>VIN</text:p></table:table-cell><table:table-cell '
              'office:value-type="float" office:value="2019" table:number-columns-repeated="2"/></table:table-row>'
              "</table:table></office:spreadsheet></office:body></office:document-content>")
    yield one(8, 'Year,Make,Model,VIN\n2019,Ford,"F-150, XL",1M8GDM9AXKP042788\n')
    yield one(8, "Name;DOB;License\nLee, Ann;1990-04-17;V520-1111\n")
    yield one(9, "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY;LANGUAGE=en:Renewal\\, review\r\n"
              "DTSTART;TZID=America/Chicago:20261120T090000\r\nDTEND:20261120T160000Z\r\nLOCATION:12 Main\r\n  St\r\n"
              "ORGANIZER;CN=Ann:mailto:ann@b.example\r\nRRULE:FREQ=DAILY\r\nDESCRIPTION:Bring\\nthe list\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    rtf = ("{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 {\\*\\htmltag64 <p>}{\\fonttbl{\\f0 Arial;}}Please add\\par the "
           "truck\\'e9 \\u8211? {\\*\\generator x;}\\uc2\\u20aa zz\\line\\tab \\bin3 abc\\htmlrtf x\\htmlrtf0 }")
    yield one(11, rtf)
    entity = b"Content-Type: text/plain; charset=utf-8\r\n\r\nPlease cancel the policy.\r\n"
    yield one(13, entity)
    def der(tag, *content):
        joined = b"".join(content)
        return bytes([tag, 0x82]) + len(joined).to_bytes(2, "big") + joined
    data, signed = bytes.fromhex("2a864886f70d010701"), bytes.fromhex("2a864886f70d010702")
    inside = der(0x30, der(6, data), der(0xA0, b"\x24\x80" + der(4, entity[:30]) + der(4, entity[30:]) + b"\0\0"))
    yield one(12, der(0x30, der(6, signed), der(0xA0, der(0x30, b"\x02\x01\x01", der(0x31), inside))))
    kinds = {"application/pdf": 0, "text/csv": 8, "text/calendar": 9, "application/ms-tnef": 10}
    for kind, name, data in attached():
        chosen = kinds.get(kind, 10 if name == "winmail.dat" else 8 if name.endswith(".csv") else None)
        if chosen is not None:
            yield one(chosen, data)
    for i, raw in enumerate(r for r in mails() if b"multipart/mixed" in r or b"rfc822" in r):
        yield one(14 + i % 2, raw)


def seeds(target):
    if target == "parser":
        return mails()
    if target == "attachments":
        return documents()
    if target == "html":
        return (text.encode() for _, text in bodies("text/html"))
    if target == "new_text":
        return (bytes([i % 32]) + text.encode() for i, (_, text) in enumerate(bodies("text/plain")))
    lists = ["Year,Make,Model,VIN\n2019,Ford,F-150,1M8GDM9AXKP042788\n",
             "Driver Name,Date of Birth,License Number\n\"Lee, Ann\",4/17/1990,V520-1111-2222\n",
             "Location,City,State,Zip\n12 Main St,Joliet,IL,60431\n"]
    def read():
        for i, (subject, text) in enumerate(bodies("text/plain")):
            pieces = [text, subject, lists[i % 3]][: 3 if i % 4 == 0 else 2]
            yield BETWEEN.join(pieces).encode()
    return read()


def literals(files):
    """String literals of sources."""
    for path in files:
        text = path.read_text().split("#[cfg(test)]")[0]
        yield from (m.encode().decode("unicode_escape", "ignore").encode("latin-1", "ignore").decode("utf-8", "ignore")
                    for m in re.findall(r'"((?:[^"\\\n]|\\[nrt"\\])+)"', text))


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)
    elif isinstance(value, dict):
        for v in value.values():
            yield from strings(v)


def words(target):
    source = ROOT / "src/message"
    if target == "new_text":
        yield from literals(sorted((source / "parts").glob("*.rs")))
    if target == "html":
        yield from literals(sorted((source / "html").glob("*.rs")))
        tags = "p br hr div table tr td th ul ol li blockquote pre textarea script style title span font b a img body"
        yield from (f"<{o}{t}>" for t in tags.split() for o in ("", "/"))
        yield from ["<!--", "-->", "&nbsp;", "&#x1f;", "&#146;", "&amp;", " hidden", " style='display:none'",
                    " style=\"font-size:0\"", " class=gmail_quote", " type=cite", " id=divRplyFwdMsg", "<![CDATA[", "/>"]
    if target == "parser":
        yield from literals(p for p in source.glob("*.rs") if not p.name.endswith("_tests.rs"))
        yield from ["Content-Type: ", "Content-Transfer-Encoding: base64", "quoted-printable", "multipart/mixed; boundary=",
                    "multipart/report", "multipart/alternative", "message/rfc822", "message/delivery-status", "=?utf-8?B?",
                    "=?iso-2022-jp?Q?", "?=", "filename*0*=utf-8''", "References: <", "Resent-", "\n\n", "--b"]
    if target == "attachments":
        yield from literals(p for p in sorted((source / "attached").glob("*.rs")) if not p.name.endswith("_tests.rs"))
        yield from ["endobj", "stream", "endstream", "xref", "trailer", "startxref", "/Kids", "/Parent", "/V", "/FT", "/Tx",
                    "/Btn", "/Ch", "/Opt", "/Filter /FlateDecode", "/ASCII85Decode", "/LZWDecode", "/ObjStm", "/XRef",
                    "/Encrypt", "/ToUnicode", "/Type0", "/DescendantFonts", "/CIDFontType2", "/Differences", "1 0 R", "Tj",
                    "TJ", "Tf", "Td", "BT", "ET", "Do", "cm", "<w:gridSpan w:val=\"9\"/>", "<w:vMerge/>", " t=\"s\"",
                    "\\par", "\\'e9", "\\u8211", "\\bin", "{\\*", BETWEEN, "BEGIN:VEVENT", "END:VEVENT", "DTSTART"]
    if target == "extractors":
        for path in sorted((ROOT / "rules").glob("*.toml")):
            page = tomllib.loads(path.read_text())
            if path.stem == "fields":
                for field in page["field"]:
                    field.pop("values", None)
                    yield from strings(field)
            else:
                yield from (w for w in strings(page) if len(w) < 30)
        yield from ["1M8GDM9AXKP042788", "11/06/2026", "Nov 6, 2026", "by Friday", "$1,000,000", "(312) 555-0177", "IL 60431",
                    "DOB 4/17/1990", "license ", "Certificate holder:\n", "12 Main St", BETWEEN, "LLC", "VIN,", "\n\n"]


def main():
    target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    (folder / "seeds").mkdir(parents=True, exist_ok=True)
    for data in seeds(target):
        if len(data) <= LARGEST:
            (folder / "seeds" / hashlib.sha1(data).hexdigest()).write_bytes(data)
    known = sorted({w for w in words(target) if 1 < len(w.encode()) <= 64})
    quoted = ("".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in w.encode()) for w in known)
    (folder / "words.dict").write_text("".join(f'"{w}"\n' for w in quoted))


main()
