#!/usr/bin/env python3
"""Gives `portal inspect` and `portal import` bad input of every silo besides results and attendances.

    bad_silos.py PORTAL [--big-mb 100] [--release] [--only SILO] [--keep FOLDER]

Letters, referrals (HL7 v2 and XML), bookings, scanned notes, letter drops, lists and elements. As bad_input.py: each file
ends as adapted, held or rejected, with a code and a place; the good files beside it are filed; nothing is lost; no
process ends by a signal; nothing that stood in a document is told. The big ones stay within 8 x input + 64 MB of
memory. Prints "N passed, N failed" as the closing line.
"""
import argparse, hashlib, os, shutil, sys, tempfile, time

from bad_input import MSH, PID, Run, oru, pace

PROFILE = """
silos:
  all: {label: Everything, zone: Europe/London, localAuthority: GRI%s}
"""


def hl7(kind, control, *segments, pid=PID):
    return "\r".join([MSH % (kind, control), *segments[:1], pid, *segments[1:], ""]).encode()


def letter(control="L1", event="T02"):
    return hl7("MDM^" + event, control, "EVN|%s|20261120" % event, "PV1|1|O|CLINIC2^^^GRI",
               "TXA|1|CN^Clinic letter|TX|20261120||20261120|||||%s^GRI|||||AU" % control,
               "OBX|1|TX|11488-4^Letter^LN||Seen in clinic, is better||||||F",
               "OBX|2|ED|PDF^File^L||GRI^application^pdf^Base64^JVBERi0xLjQK||||||F")


def referral(control="R1"):
    return hl7("REF^I12", control, "RF1|P^Pending|A^ASAP|MED^Referral letter||O|%s^PRACTICE|20260901||20260901|Chest pain" % control,
               "DG1|1||194828000^Angina^SCT||20260830|W", "AL1|1|DA|372687004^Amoxicillin^SCT|MO|Rash",
               "NTE|1||Smokes 20 a day")


def booking(control="B1"):
    return hl7("SIU^S12", control, "SCH||%s^PAS|||||CHK^Check-up^L|CLINIC|20|min|^^^20261201090000^20261201092000"
               % control, "RGS|1", "AIL|1||CLINIC2^^^GRI", "AIP|1||C1234567^BRUCE^Morag^^^Dr")


XML = """<?xml version="1.0" encoding="UTF-8"?>
<Referral xmlns="urn:clinicalportal:sci-gateway-referral:1">
  <Message><MessageID>%s</MessageID><Number assigner="P55555">R-%s</Number><Status>new</Status><Version>1</Version>
    <Created>2026-03-02T09:15:00Z</Created><VersionTime>2026-03-02T09:10:00Z</VersionTime></Message>
  <Patient><NHSNumber>9990000042</NHSNumber><OtherNumber assigner="GRI" type="MR">100004</OtherNumber>
    <Name use="L"><Given>Eva</Given><Family>MURRAY</Family></Name><BirthDate>1980-01-14</BirthDate><Sex>F</Sex></Patient>
  <Urgency>soon</Urgency><ReferralDate>2026-03-02</ReferralDate><Reason>%s</Reason>
</Referral>
"""


def xml(number="1", reason="Change in bowel habit"):
    return (XML % (number, number, reason)).encode()


MANIFEST = ("batch,document,page,file,sha256,pages,title,hospital_number,nhs_number,surname,forename,birth_date\n"
            "B7,S-%s,1,page.png,%s,1,Consent form,100001,9990000018,LEE,Ann,1951-03-03\nTRAILER,1,1\n")
PAGE = b"\x89PNG\r\n\x1a\npage"


def manifest(number="1", file="page.png"):
    return (MANIFEST % (number, hashlib.sha256(PAGE).hexdigest())).replace("page.png", file).encode()


def drop(number="1", file="letter.txt"):
    return ("letter,file,type,title,date,hospital_number,nhs_number,surname,forename,birth_date\n"
            "D-%s,%s,CN,Clinic letter,2026-09-02,100001,9990000018,LEE,Ann,1951-03-03\n" % (number, file)).encode()


def clinic(number="1"):
    return ("appointment,list,start,place,clinician_code,hospital_number,nhs_number,surname,forename,birth_date\n"
            "A-%s,clinic,2026-11-25T10:00,CLINIC2,C1234567,100001,9990000018,LEE,Ann,1951-03-03\n" % number).encode()


def element(number="1", text="Key safe"):
    return ('{"type":"alert","id":"F-%s","patient":{"identifiers":[{"system":"GRI","value":"100001"},'
            '{"system":"NHS","value":"9990000018"}],"name":{"family":"LEE","given":"Ann"},"birthDate":"1951-03-03"},'
            '"updated":"2026-11-21T22:10:00Z","text":"%s","category":"access"}\n' % (number, text)).encode()


# ---------------------------------------------------------------- what is bad of each

def damaged(good):
    """The good file cut at every byte, and with every byte flipped, dropped or doubled, by turns."""
    for cut in range(len(good)):
        yield "cut-%04d" % cut, good[:cut], "any"
    for at in range(len(good)):
        turn = at % 4
        if turn == 0:
            made = good[:at] + bytes([good[at] ^ (1 << (at // 4 % 8))]) + good[at + 1:]
        elif turn == 1:
            made = good[:at] + good[at + 1:]
        elif turn == 2:
            made = good[:at] + good[at:at + 1] + good[at:]
        else:
            made = good[:at] + b"\x00\xff\"<{|,\n\r&"[at % 10:at % 10 + 1] + good[at + 1:]
        yield "byte-%04d" % at, made, "any"


def texts(good):
    """One file in other character sets and with other line ends."""
    text = good.decode()
    for name, made in (("utf16-le", text.encode("utf-16-le")), ("utf16-be", text.encode("utf-16-be")),
                       ("utf16-mark", text.encode("utf-16")), ("utf32", text.encode("utf-32")),
                       ("bom", b"\xef\xbb\xbf" + good), ("bom-inside", good[:40] + b"\xef\xbb\xbf" + good[40:]),
                       ("latin1", text.replace("Ann", "\u00c4nn").replace("Eva", "\u00c4va").encode("latin-1")),
                       ("cp1252", text.replace("Ann", "\u2019nn").encode("cp1252")),
                       ("nul-first", b"\x00" + good), ("nul-last", good + b"\x00"), ("crlf", good.replace(b"\n", b"\r\n")),
                       ("cr", good.replace(b"\n", b"\r")), ("empty", b""), ("blank", b" \r\n\t\r\n"), ("zeros", bytes(1000)),
                       ("overlong", good.replace(b"Ann", b"\xc0\xafnn")), ("surrogate", good.replace(b"Ann", b"\xed\xa0\x80")),
                       ("bidi", text.replace("Ann", "\u202e\u2066nn").encode()), ("twice", good + good)):
        yield "text-" + name, made, "any"


def hl7_cases(good, kind):
    def make():
        lines = good.split(b"\r")
        for number in range(1, len(lines) - 1):
            yield "without-%d" % number, b"\r".join(lines[:number] + lines[number + 1:]), "any"
            yield "double-%d" % number, b"\r".join(lines[:number] + [lines[number]] + lines[number:]), "any"
            yield "bare-%d" % number, b"\r".join(lines[:number] + [lines[number][:3]] + lines[number + 1:]), "any"
            yield "absurd-%d" % number, b"\r".join(lines[:number] + [lines[number] + b"|CANARY^^&&~~" * 99] + lines[number + 1:]), "any"
        for code in (b"T00", b"T99", b"I99", b"S99", b"", b'""', b"^", b"CANARY"):
            yield "event-" + code.hex(), good.replace(kind, code, 2), "any"
        yield "base64-odd", good.replace(b"JVBERi0xLjQK", b"JVBERi0xLjQ*CANARY"), "any"
        yield "base64-cut", good.replace(b"JVBERi0xLjQK", b"JVBER"), "any"
        yield "date-absurd", good.replace(b"20261120", b"99999999999999.9999+9999"), "any"
    return make


def xml_cases():
    laughs = "".join('<!ENTITY l%d "%s">' % (n, "&l%d;" % (n - 1) * 10) for n in range(1, 10))
    heads = {"bomb": '<!DOCTYPE z [<!ENTITY l0 "ha">%s]>' % laughs,
             "external": '<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
             "parameter": '<!DOCTYPE z [<!ENTITY %% x SYSTEM "http://127.0.0.1:9/"> %%x;]>'.replace("%%", "%"),
             "quadratic": '<!DOCTYPE z [<!ENTITY x "%s">]>' % ("a" * 50_000), "plain": "<!DOCTYPE Referral>",
             "system": '<!DOCTYPE Referral SYSTEM "http://127.0.0.1:9/x.dtd">'}
    for name, head in heads.items():
        body = xml("E", "&x;&l9;").decode().replace("?>\n", "?>" + head)
        for charset in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"):
            said = body.replace("UTF-8", {"latin-1": "ISO-8859-1", "utf-8": "UTF-8"}.get(charset, "UTF-16"))
            yield "doctype-%s-%s" % (name, charset), said.encode(charset), "held" if charset in ("utf-8", "latin-1", "utf-16") else "any"
    good = xml("1", "na\u00efve").decode()
    yield "latin1-declared", good.replace("UTF-8", "ISO-8859-1").encode("latin-1"), "adapted"
    yield "cp1252-declared", good.replace("UTF-8", "windows-1252").replace("na\u00efve", "\u2019").encode("cp1252"), "adapted"
    yield "utf16-declared", good.replace("UTF-8", "UTF-16").encode("utf-16"), "adapted"
    yield "utf8-is-latin1", good.encode("latin-1"), "held"
    yield "latin1-is-utf8", good.replace("UTF-8", "ISO-8859-1").encode(), "any"
    yield "utf16-is-utf8", good.replace("UTF-8", "UTF-16").encode(), "held"
    yield "utf8-is-utf16", good.encode("utf-16"), "any"
    yield "charset-unknown", good.replace("UTF-8", "KLINGON").encode(), "held"
    yield "charset-ebcdic", good.replace("UTF-8", "cp037").encode("cp037"), "any"
    yield "script", xml("S", "<script>CANARY</script>"), "any"
    yield "cdata", xml("C", "<![CDATA[<script>alert(1)</script>]]>"), "any"
    yield "include", xml("I", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'), "any"
    yield "other-root", b"<Other><Patient/></Other>", "held"
    yield "other-namespace", xml("N").replace(b"urn:clinicalportal", b"urn:other"), "any"
    yield "no-patient", xml("P").replace(b"<Patient>", b"<Nobody>").replace(b"</Patient>", b"</Nobody>"), "any"
    yield "two-patients", xml("T").replace(b"</Patient>", b"</Patient><Patient><NHSNumber>9990000018</NHSNumber></Patient>"), "any"
    yield "two-roots", xml("2") + xml("3"), "held"
    yield "dates-absurd", xml("D").replace(b"1980-01-14", b"99999-99-99T99:99:99.999999999999+99:99"), "any"
    yield "numbers-absurd", xml("V").replace(b"<Version>1<", b"<Version>" + b"9" * 5000 + b"<"), "any"


def csv_cases(good):
    def make():
        text = good.decode()
        head, row, *rest = text.split("\n")
        tail = "\n".join(rest)
        yield "header-only", (head + "\n").encode(), "any"
        yield "header-twice", (head + "\n" + text).encode(), "any"
        yield "column-twice", (head + "," + head.split(",")[0] + "\n" + row + ",x\n" + tail).encode(), "any"
        yield "field-more", (head + "\n" + row + ",CANARY\n" + tail).encode(), "any"
        yield "field-less", (head + "\n" + row.rsplit(",", 1)[0] + "\n" + tail).encode(), "any"
        yield "quote-open", (head + '\n"' + row + "\n" + tail).encode(), "held"
        yield "quote-inside", (head + "\n" + row.replace(",", 'a"CANARY",', 1) + "\n" + tail).encode(), "any"
        yield "quote-break", (head + "\n" + row.replace("LEE", '"LE\r\nE,""x"""') + "\n" + tail).encode(), "any"
        yield "formula", (head + "\n" + row.replace("Ann", "=cmd|' /C calc'!A0") + "\n" + tail).encode(), "any"
        yield "semicolons", text.replace(",", ";").encode(), "any"
        yield "tabs", text.replace(",", "\t").encode(), "any"
        yield "many-rows", (head + "\n" + (row + "\n") * 20_000).encode(), "any"
        yield "empty-rows", (head + "\n" + ("," * head.count(",") + "\n") * 20_000 + row + "\n" + tail).encode(), "any"
        yield "date-absurd", text.replace("2026", "99999999").replace("1951", "-1").encode(), "any"
    return make


def file_cases(make, column):
    """Files that an index names, and that it is not to have."""
    def made():
        yield from csv_cases(make())()
        for name in ("../secret.txt", "/etc/passwd", "a/../../secret.txt", "..\\secret.txt", "C:\\secret.txt", "link.txt",
                     "linked/secret.txt", "./page.png", "page.png/", "folder", "pipe", "", "missing.txt", "x" * 5000,
                     "secret\x00.txt", "%2e%2e/secret.txt", "file:///etc/passwd", ".hidden"):
            yield "file-" + hashlib.sha256(name.encode()).hexdigest()[:8], make("9", name), "any"
    return made


def json_cases():
    good = element().decode().strip()
    for name, text in (("duplicate", good.replace('"type"', '"id":"CANARY","type"', 1)), ("deep", "[" * 65 + "]" * 65),
                       ("no-type", good.replace('"type"', '"kind"')), ("other-type", good.replace("alert", "CANARY", 1)),
                       ("array", "[" + good + "]"), ("string", '"CANARY"'), ("number", "1e999999999"), ("null", "null"),
                       ("no-patient", good.replace('"patient"', '"person"')), ("id-number", good.replace('"F-1"', "1")),
                       ("text-null", good.replace('"Key safe"', "null")), ("text-object", good.replace('"Key safe"', "{}")),
                       ("lone-surrogate", good.replace("Key safe", "\\ud800CANARY")), ("nul-escape", good.replace("Key safe", "\\u0000")),
                       ("comment", good + " // CANARY"), ("comma", good.replace('"}', '",}', 1)), ("single-quotes", good.replace('"', "'")),
                       ("nan", good.replace('"Key safe"', "NaN")), ("date-absurd", good.replace("2026-11-21T22:10:00Z", "9" * 99))):
        yield "json-" + name, text.encode() + b"\n", "any"
    yield "json-mixed", (good + "\n\n" + good[:50] + "\r\n" + good.replace("F-1", "F-2") + "\n").encode(), "held"


SILOS = {
    "letters": (".hl7", letter, "", lambda: hl7_cases(letter("BAD"), b"T02")(), ""),
    "referrals": (".hl7", referral, "", lambda: hl7_cases(referral("BAD"), b"I12")(), ""),
    "bookings": (".hl7", booking, "", lambda: hl7_cases(booking("BAD"), b"S12")(), ""),
    "referrals-xml": (".xml", xml, "", xml_cases, ""),
    "scanned": (".csv", manifest, ", adapter: scanned-notes-manifest", lambda: file_cases(manifest, "file")(), "scanned-notes-manifest"),
    "letter-drop": (".csv", drop, ", adapter: letter-drop", lambda: file_cases(drop, "file")(), "letter-drop"),
    "lists": (".csv", clinic, ", adapter: appointment-list", lambda: csv_cases(clinic())(), "appointment-list"),
    "elements": (".jsonl", element, ", adapter: top-elements", json_cases, "top-elements"),
}


def big_cases(megabytes):
    """(silo, name, bytes): one big thing each."""
    size = megabytes * 1_000_000
    head, tail = xml("BIG", "@").split(b"@")
    yield "referrals-xml", "one-text", head + b"x" * size + tail
    yield "referrals-xml", "depth", head + b"<a>" * 1_000_000 + b"</a>" * 1_000_000 + tail
    yield "referrals-xml", "depth-open", head + b"<a>" * 1_000_000
    yield "referrals-xml", "elements", head + b"<b/>" * 400_000 + tail
    yield "referrals-xml", "attributes", head + b"<b " + b" ".join(b"a%d=''" % n for n in range(200_000)) + b"/>" + tail
    yield "referrals-xml", "attachment", head + (b"QUJD" * 19 + b"\r\n") * (size // 80) + tail
    yield "referrals-xml", "utf16-text", (head + b"x" * (size // 8) + tail).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    yield "referrals-xml", "references", head + b"&#120;" * (size // 24) + tail
    yield "referrals-xml", "paragraphs", head + b"<p>one line of a narrative</p>" * 200_000 + tail
    yield "lists", "one-field", clinic().replace(b"LEE", b"x" * size)
    yield "lists", "columns", b"appointment,start," + b",".join(b"c%d" % n for n in range(500_000)) + b"\n"
    yield "lists", "rows", clinic() + b"".join(
        clinic(str(n)).split(b"\n")[1].replace(b"100001,9990000018", b"%d," % (200_000 + n)) + b"\n" for n in range(2, 20_002))
    yield "lists", "million-rows", b"appointment,start,hospital_number\n" + b"A,2026,1\n" * 1_048_577  # held, none of it read
    yield "lists", "quotes", clinic().replace(b"LEE", b'"' + b'""' * (size // 8) + b'"')
    yield "elements", "one-string", element("BIG", "x" * size)
    yield "elements", "depth", b'{"type":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}\n"
    yield "elements", "escapes", element("BIG", "\\u00e9" * (size // 24))
    yield "elements", "members", element("BIG").replace(b'"text"', b"".join(b'"m%d":1,' % n for n in range(200_000)) + b'"text"')
    yield "letters", "attachment", letter("BIG").replace(b"JVBERi0xLjQK", b"QUJD" * (size // 4))
    yield "referrals", "notes", referral("BIG") + b"".join(b"NTE|%d||a line of the letter\r" % n for n in range(20_000))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("portal")
    p.add_argument("--big-mb", type=int, default=100)
    p.add_argument("--release", action="store_true", help="PORTAL is a release build: 1 s/MB")
    p.add_argument("--only", help="one silo")
    p.add_argument("--keep", help="work in this folder and leave it")
    a = p.parse_args()
    work = a.keep or tempfile.mkdtemp(prefix="bad-silos-")
    os.makedirs(work, exist_ok=True)
    passed = failed = 0
    runs = {}
    try:
        for silo, (suffix, good, adapter, cases, name) in SILOS.items():
            if a.only not in (None, silo):
                continue
            start = time.monotonic()
            run = runs[silo] = Run(a.portal, work, suffix, lambda label, good=good: good(label), composite=silo in ("scanned", "letter-drop"))
            run.adapter, run.strict = name, suffix == ".xml"
            profile = run.profile = os.path.join(work, silo + ".yaml")
            with open(profile, "w", encoding="utf-8") as file:
                file.write(PROFILE % adapter)
            everything = {}
            for label, data, expected in [*cases(), *texts(good("T")), *damaged(good("D"))]:
                everything[label] = (label, data, expected)
            folder = os.path.join(work, silo)
            files = run.write(folder, everything.values())
            # What an index may have, and what it may not.
            with open(os.path.join(work, "secret.txt"), "w", encoding="utf-8") as file:
                file.write("SECRETCANARY")
            if run.composite:
                with open(os.path.join(folder, "page.png"), "wb") as file:
                    file.write(PAGE)
                with open(os.path.join(folder, "letter.txt"), "w", encoding="utf-8") as file:
                    file.write("Seen in clinic")
                os.symlink(os.path.join(work, "secret.txt"), os.path.join(folder, "link.txt"))
                os.symlink(work, os.path.join(folder, "linked"))
                os.mkdir(os.path.join(folder, "folder"))
                os.mkfifo(os.path.join(folder, "pipe"))
            answers = run.inspect(files)
            paths = list(files)
            run.file(silo, folder, files, profile, answers, paths[::max(1, len(paths) // 12)])
            print("%-22s %6d files, %.1f s" % (silo, len(files), time.monotonic() - start))
        per_megabyte = (1.0 if a.release else 4.0) * pace()
        for silo, name, data in big_cases(a.big_mb):
            if silo in runs:
                # A row of eighty bytes is a person, a booking and a place in five indexes: filing them has a time of its own.
                # Writing it as JSON is what a debug build is slowest at: many times a release.
                filing = (12 if a.release else 20) if name == "rows" else 1
                runs[silo].big(silo + "-" + name, data, runs[silo].profile, per_megabyte, filing)
        passed, failed = sum(r.passed for r in runs.values()), sum(r.failed for r in runs.values())
        print("%d passed, %d failed" % (passed, failed))
        return 1 if failed else 0
    finally:
        if not a.keep:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
