#!/usr/bin/env python3
"""Reads a corpus of HL7 v2 files with `portal inspect` and with an independent reader, and compares.

    corpus_values.py PORTAL CORPUS [--table FILE] [--write-table] [--show N]

CORPUS holds MANIFEST.tsv, whose columns `path` and `format` name the files (format hl7v2).

1. Every file has an answer, exit status 0, and mapped + ignored + unmapped == bytes == file size.
2. Every message that must be adapted is: it has MSH, PID and OBX, or it is ADT or ORU. What is not adapted stands in
   the table (path, message, reason), where the reason is one that the independent reader finds as well. A line for a
   message that is adapted, or that is not there, fails.
3. PID-3, PID-5, PID-7, OBR-3, -4, -7 and -22, OBX-3, -5 to -8, -11 and -14 of every adapted message are what the
   independent reader reads. Messages
   of types that no adapter claims yet (ORM, OML, VXU ...) are read with `--as hl7v2-lab-report`, for their values only.

The independent reader is the package `hl7` (python-hl7) for the structure, and this file for escapes, character sets
and data types; no code of ours. Where the package cannot read a message, this file splits it. Without the package, or
without the corpus, the checks that need it are counted as skipped. Prints "N passed, N failed" as the closing line.
"""
import argparse, collections, csv, hashlib, json, os, re, subprocess, sys, tempfile

try:
    import hl7
except ImportError:
    hl7 = None

CR_IN_TEXT = "\uE00D"  # a line end inside a field, kept from python-hl7, which would split there


# ---------------------------------------------------------------- messages of a file

SEGMENT = re.compile(rb"[A-Z][A-Z0-9]{2}$")
HEADERS = (b"MSH", b"FHS", b"BHS", b"BTS", b"FTS")


def is_header(line):
    return line[:3] in HEADERS and not re.match(rb"[A-Za-z0-9 ]", line[3:4])


def messages(data):
    """The bytes of each message: from a line that starts with MSH to the next header line, block end or file end."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    found, current = [], None
    for block in re.split(rb"\x1c(?=[\r\n\x0b]|$)|\x0b(?=MSH|FHS|BHS)", data):
        current = None
        for line in re.findall(rb"[^\r\n]*[\r\n]*", block):
            bare = line.lstrip(b" \t\x0b\x0c\x1a") if current is None else line
            if is_header(bare):
                current = None
                if bare.startswith(b"MSH"):
                    current = [bare]
                    found.append(current)
            elif current is not None:
                current.append(line)
    return [b"".join(lines).rstrip(b"\r\n") for lines in found]


def decode(message):
    """Text by its own bytes, then by MSH-18, then Windows-1252; what a set leaves undefined keeps its number."""
    try:
        return message.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    header = re.split(rb"[\r\n]", message)[0]
    fields = header.split(header[3:4])
    declared = fields[17].decode("latin-1").strip().upper() if len(fields) > 17 else ""
    if declared in ("8859/15", "ISO-8859-15"):
        return message.decode("iso-8859-15"), "iso-8859-15"
    if declared in ("8859/1", "ISO-8859-1", "ISO8859-1", "ISO_8859-1") and not re.search(rb"[\x80-\x9f]", message):
        return message.decode("latin-1"), "latin-1"
    return "".join(one_byte(b) for b in message), "windows-1252"


def one_byte(byte):
    try:
        return bytes([byte]).decode("windows-1252")
    except UnicodeDecodeError:
        return chr(byte)


class Reading:
    """One message, split by python-hl7 where it can."""

    def __init__(self, raw):
        self.raw = raw
        self.text, self.encoding = decode(raw)
        text = self.text
        self.fieldmark = text[3:4]
        marks = re.split("[\r\n" + re.escape(self.fieldmark) + "]", text[4:])[0]
        if marks.startswith("^~\\\\&"):
            # `^~\\&`: the escape character doubled by a programming language; it means `^~\&`.
            text = text[:4] + marks[:3] + marks[4:] + text[4 + len(marks):]
            marks = marks[:3] + marks[4:]
        self.component, self.repetition, self.escape, self.sub = (list(marks) + [""] * 4)[:4]
        usable = not re.search("[A-Za-z0-9 \r\n]", self.fieldmark + marks[:4]) and self.fieldmark and self.component
        drawn = [self.fieldmark] + list(marks[:4])
        self.broken = not usable or len(set(drawn)) != len(drawn)
        self.lines = []
        # A line that starts with no segment name belongs to the segment before it.
        for bit in re.findall("[^\r\n]+|[\r\n]+", text):
            isname = re.match("[A-Z][A-Z0-9]{2}(?:$|" + re.escape(self.fieldmark or "|") + ")", bit)
            if not self.lines or (isname and ending):
                self.lines.append(bit)
                ending = ""
            elif bit[0] in "\r\n":
                ending = bit
            else:
                self.lines[-1] += ending + bit
                ending = ""
        self.by_package = False
        self.parsed = None
        if hl7 and not self.broken:
            try:
                joined = "\r".join(line.replace("\r", CR_IN_TEXT) for line in self.lines) + "\r"
                parsed = hl7.parse(joined)
                if len(parsed) == len(self.lines):
                    self.parsed, self.by_package = parsed, True
            except Exception:
                pass

    def names(self):
        return [line[:3] for line in self.lines]

    def field(self, index, number):
        """A field's text as written."""
        if self.by_package:
            segment = self.parsed[index]
            return str(segment[number]).replace(CR_IN_TEXT, "\r") if number < len(segment) else ""
        fields = self.lines[index].split(self.fieldmark)
        return fields[number] if number < len(fields) else ""

    def repetitions(self, index, number):
        """[[component as written]]: python-hl7's containers, made as deep as the standard says."""
        if not self.by_package:
            text = self.field(index, number)
            parts = text.split(self.repetition) if self.repetition else [text]
            return [one.split(self.component) for one in parts]
        segment = self.parsed[index]
        if number >= len(segment):
            return []
        out = []
        for one in segment[number]:
            components = [one] if isinstance(one, str) else list(one)
            out.append([str(part).replace(CR_IN_TEXT, "\r") for part in components])
        return out

    def whole(self, components):
        return self.component.join(components)

    def subs(self, component):
        return component.split(self.sub) if self.sub else [component]

    def header(self, number, component=1):
        """MSH counts its own separator as field 1."""
        fields = self.lines[0].split(self.fieldmark)
        text = fields[number - 1] if number <= len(fields) else ""
        text = text.split(self.repetition)[0] if self.repetition else text
        parts = text.split(self.component) if self.component else [text]
        return parts[component - 1].strip() if component <= len(parts) else ""

    def plain(self, text):
        return unescape(text, self) if self.escape else text


# ---------------------------------------------------------------- escapes and data types (HL7 v2.5.1 ch. 2 and 2A)

def unescape(text, reading):
    mark = reading.escape
    out, rest = "", text
    while mark in rest:
        before, _, rest = rest.partition(mark)
        out += before
        body, closed, after = rest.partition(mark)
        meaning = escape_meaning(body, reading) if closed and len(body.encode()) <= 128 else None
        if meaning is None:
            out += mark  # no escape of the standard: kept as written
        else:
            out, rest = out + meaning, after
    return out + rest


def escape_meaning(body, reading):
    named = {"F": reading.fieldmark, "S": reading.component, "T": reading.sub or None, "R": reading.repetition or None,
             "E": reading.escape, "P": "#", "H": "", "N": ""}
    if body in named:
        return named[body]
    if re.fullmatch("[Xx]([0-9A-Fa-f]{2})+", body):
        raw = bytes.fromhex(body[1:])
        if raw[0] == 0 and len(raw) % 2 == 0:
            try:
                return raw.decode("utf-16-be")
            except UnicodeDecodeError:
                return None
        if reading.encoding == "utf-8":
            try:
                return raw.decode("utf-8")
            except UnicodeDecodeError:
                return raw.decode("latin-1")
        return "".join(one_byte(b) for b in raw) if reading.encoding == "windows-1252" else raw.decode(reading.encoding)
    command = re.fullmatch(r"\.(br|ce|sp|sk|fi|nf|in|ti)([+-]?\d+)?", body)
    if command:
        count = int(command[2]) if command[2] else 1
        return {"br": "\n", "ce": "\n", "sp": "\n" * min(max(count, 1), 50), "sk": " " * min(max(count, 1), 200)}.get(
            command[1], "")
    return None


def said(text):
    return text not in ("", '""')


def part(reading, components, number):
    """The text of a component, None where nothing is said."""
    text = components[number - 1] if number <= len(components) else ""
    return reading.plain(text) if said(text) else None


NATIONAL = {"NHS": "https://fhir.nhs.uk/Id/nhs-number", "NHSNMBR": "https://fhir.nhs.uk/Id/nhs-number",
            "2.16.840.1.113883.2.1.4.1": "https://fhir.nhs.uk/Id/nhs-number",
            "CHI": "urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53",
            "NHSSCOTLAND": "urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53",
            "2.16.840.1.113883.2.1.3.2.4.16.53": "urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53",
            "HCN": "https://fhir.nhs.uk/Id/hsc-number"}


def identifier(reading, components):
    """CX: (value, type, system); the system by HL7 Version 2 to FHIR's rule for HD, none without an assigner (S1)."""
    value = part(reading, components, 1)
    if value is None:
        return None
    raw = components[3] if len(components) > 3 else ""
    name, universal, kind = ([reading.plain(s) if said(s) else "" for s in reading.subs(raw)] + [""] * 3)[:3]
    system = NATIONAL.get(name) or NATIONAL.get(universal)
    if not system:
        if kind == "ISO" and universal:
            system = "urn:oid:" + universal
        elif name or universal:
            system = "urn:id:" + (name or universal)
    return value, part(reading, components, 5), system or None


def name(reading, components):
    """XPN: family (the whole surname, or its parts), given, middle, suffix, prefix, degree, use."""
    subs = reading.subs(components[0])
    family = reading.plain(subs[0]) if said(subs[0]) else " ".join(reading.plain(s) for s in subs[1:] if said(s))
    suffix = " ".join(t for t in (part(reading, components, 4), part(reading, components, 6)) if t is not None)
    parts = (family or None, part(reading, components, 2), part(reading, components, 3), part(reading, components, 5),
             suffix or None)
    return parts + (part(reading, components, 7),) if any(p is not None for p in parts) else None


STAMP = re.compile(r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,9}))?)?)?)?)?)?([+-]\d{4})?")


def date(text):
    """TS as ISO 8601, no further than stated; None where it is no date."""
    match = STAMP.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    if not 1800 <= int(year) <= 2199 or month and not 1 <= int(month) <= 12:
        return None
    if day:
        leap = int(year) % 4 == 0 and (int(year) % 100 or int(year) % 400 == 0)
        last = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][int(month) - 1]
        if not 1 <= int(day) <= last:
            return None
    if hour and int(hour) > 23 or minute and int(minute) > 59 or second and int(second) > 60:
        return None
    if zone and (int(zone[1:3]) > 14 or int(zone[3:]) > 59):
        return None
    out = year + ("-" + month if month else "") + ("-" + day if day else "") + ("T" + hour if hour else "")
    out += (":" + minute if minute else "") + (":" + second if second else "") + ("." + fraction if fraction else "")
    if zone and zone != "-0000":
        out += "Z" if zone == "+0000" else zone[:3] + ":" + zone[3:]
    return out


def concept(reading, components):
    """CWE: ([(code, display, system)], original text); None where nothing is said."""
    codings = []
    for start in (1, 4, 10):
        if start <= len(components):
            coding = tuple(part(reading, components, start + i) for i in range(3))
            if any(c is not None for c in coding):
                codings.append(coding)
    text = part(reading, components, 9)
    return (codings, text) if codings or text is not None else None


def value(reading, kind, components):
    """OBX-5 by its type, as (kind of thing, content)."""
    whole = reading.whole(components)
    if kind in ("CE", "CWE", "CNE", "CF", "IS", "ID"):
        found = concept(reading, components)
        return found and ("concept", found)
    if kind == "SN":
        sn = [part(reading, components, n) for n in range(1, 5)]
        return ("number", tuple(sn)) if any(sn) else None
    if kind == "ED":
        content = reading.component.join(components[4:])
        raw = content.encode(reading.encoding, "replace")
        media = "/".join(p for p in (part(reading, components, 2), part(reading, components, 3)) if p is not None)
        stated = len(components) > 4 and components[4] != ""
        return ("attachment", (part(reading, components, 1), media or None, part(reading, components, 4),
                               hashlib.sha256(raw).hexdigest() if stated else None, len(raw) if stated else None))
    if kind == "RP":
        place = " ".join(p for p in (part(reading, components, 1), part(reading, components, 2)) if p is not None)
        media = "/".join(p for p in (part(reading, components, 3), part(reading, components, 4)) if p is not None)
        return ("pointer", (place or None, media or None)) if place or media else None
    if kind in ("TS", "DT", "DTM"):
        return "time", (reading.plain(whole), date(components[0]))
    return "text", reading.plain(whole)


# ---------------------------------------------------------------- what portal read, in the same shape

def their_concept(found):
    if not found:
        return None
    return [(c.get("code"), c.get("display"), c.get("system")) for c in found["codings"]], found.get("text")


def their_value(found):
    kind = found["type"]
    if kind in ("CE", "CWE", "CNE", "CF", "IS", "ID"):
        return "concept", their_concept(found.get("concept"))
    if kind == "SN":
        q = found["quantity"]
        return "number", (q.get("comparator"), q.get("number") or None, q.get("separator"), q.get("secondNumber"))
    if kind == "ED":
        a = found["attachment"]
        return "attachment", (a.get("location"), a.get("mediaType"), a.get("encoding"), a.get("contentHash"),
                              a.get("byteCount"))
    if kind == "RP":
        a = found["attachment"]
        return "pointer", (a.get("location"), a.get("mediaType"))
    if kind in ("TS", "DT", "DTM"):
        return "time", (found["text"], found.get("time"))
    return "text", found["text"]


# ---------------------------------------------------------------- the comparison of one message

def compare(reading, entries):
    """{field: None or (expected, actual)} for one message."""
    result = {}
    names = reading.names()
    pids = [i for i, n in enumerate(names) if n == "PID"]
    people = [e["content"]["patient"] for e in entries if "patient" in e["content"]]
    wanted = {"PID-3": [], "PID-5": [], "PID-7": []}
    actual = {"PID-3": [], "PID-5": [], "PID-7": []}
    for pid in pids:
        ids = [identifier(reading, c) for f in (3, 2, 4) if said(reading.field(pid, f))
               for c in reading.repetitions(pid, f) if said(reading.whole(c))]
        wanted["PID-3"].append([i for i in ids if i])
        called = [name(reading, c) for c in reading.repetitions(pid, 5) if said(reading.whole(c))]
        wanted["PID-5"].append([n for n in called if n])
        born = reading.field(pid, 7)
        first = reading.repetitions(pid, 7)[0][0] if born else ""
        if not born:
            wanted["PID-7"].append(None)
        elif born == '""':
            wanted["PID-7"].append("cleared")
        else:
            stated = date(first)
            wanted["PID-7"].append(stated or "as written: " + reading.plain(born))
    for person in people:
        actual["PID-3"].append([(i["value"], i.get("type"), i.get("system")) for i in person["identifiers"]])
        actual["PID-5"].append([tuple(n.get(k) for k in ("family", "given", "middle", "prefix", "suffix", "use"))
                                for n in person["names"]])
        written = person["other"].get("birth date as written")
        actual["PID-7"].append(
            person.get("birthDate") or ("as written: " + written if written else None)
            or ("cleared" if "birthDate" in person["cleared"] else None))
    for field in wanted:
        result[field] = None if wanted[field] == actual[field] else (wanted[field], actual[field])
    obx = [i for i, n in enumerate(names) if n == "OBX"]
    if not obx:
        return result
    seen = [o for e in entries if "diagnosticReport" in e["content"]
            for o in e["content"]["diagnosticReport"]["observations"]]
    starts = sorted((int(re.fullmatch(r"OBX\[(\d+)\]", o["origin"]["path"])[1]), n) for n, o in enumerate(seen))
    # Results before the first person belong to nobody, and the frame is not one of the standard's.
    first_ours = sum(1 for i in obx if i < (pids[0] if pids else 0)) + 1
    bad = {"OBX-3": None, "OBX-5": None, "OBX-6": None}
    if [n for _, n in starts] != list(range(len(seen))) or [s for s, _ in starts[:1]] not in ([first_ours], []):
        bad["OBX-3"] = ("in the sender's order from OBX[%d]" % first_ours, [s for s, _ in starts])
    if not seen and first_ours <= len(obx):
        bad["OBX-3"] = (len(obx), "none")
    for (start, number), following in zip(starts, [s for s, _ in starts[1:]] + [len(obx) + 1]):
        theirs = seen[number]
        lines = obx[start - 1:following - 1]
        at = "OBX[%d]" % start
        codes = [[concept(reading, c) for c in reading.repetitions(i, 3) if said(reading.whole(c))] for i in lines]
        got = their_concept(theirs["code"]) if theirs["code"]["codings"] or theirs["code"].get("text") else None
        kinds = {reading.plain(reading.field(i, 2)).upper() for i in lines}
        joined = all(c == codes[0] for c in codes) and (len(lines) == 1 or kinds <= {"TX", "FT", "ED"})
        if not joined or (codes[0] or [None]) != [got]:
            bad["OBX-3"] = bad["OBX-3"] or (at, codes, got)
        units = [[concept(reading, c) for c in reading.repetitions(i, 6) if said(reading.whole(c))] for i in lines]
        got = their_concept(theirs.get("unit"))
        if (units[0] or [None]) != [got] or any(units[1:]):
            bad["OBX-6"] = bad["OBX-6"] or (at, units, got)
        want = []
        for i in lines:
            kind = reading.plain(reading.field(i, 2)).upper() if said(reading.field(i, 2)) else ""
            if said(reading.field(i, 5)):
                found = [value(reading, kind, c) for c in reading.repetitions(i, 5) if said(reading.whole(c))]
                want += [f for f in found if f]
        got = [their_value(v) for v in theirs["values"]]
        cleared = reading.field(lines[0], 5) == '""'
        if want != got or cleared != theirs["isCleared"]:
            bad["OBX-5"] = bad["OBX-5"] or (at, want, got)
        for field, got in (("OBX-7", theirs.get("referenceRange")), ("OBX-8", theirs.get("flags")),
                           ("OBX-11", theirs.get("statusCode")), ("OBX-14", theirs.get("effective"))):
            want = beside(reading, lines[0], int(field[4:]), got)
            if want != got:
                bad[field] = bad.get(field) or (at, want, got)
            else:
                bad.setdefault(field, None)
    result.update(bad)
    orders = [i for i, n in enumerate(names) if n == "OBR"]
    for entry in entries:
        place = re.fullmatch(r"OBR\[(\d+)\]", entry["origin"]["path"])
        if "diagnosticReport" not in entry["content"] or not place:
            continue
        report, obr = entry["content"]["diagnosticReport"], orders[int(place[1]) - 1]
        filler = report.get("fillerNumber") or {}
        for field, got in (("OBR-3", filler.get("value")), ("OBR-4", their_concept(report["code"])),
                           ("OBR-7", report.get("collected")), ("OBR-22", entry.get("issued"))):
            want = beside(reading, obr, int(field[4:]), got)
            if want != got:
                result[field] = result.get(field) or (place[0], want, got)
            else:
                result.setdefault(field, None)
    return result


def beside(reading, line, number, got):
    """What a field says in the shape of what was read; that itself where the field says nothing or is no plain one."""
    field = reading.field(line, number)
    if not said(field):
        return got
    first = reading.repetitions(line, number)[0]
    if number in (14, 22) or names_order(reading, line) and number == 7:
        return date(first[0]) or got
    if names_order(reading, line):
        return concept(reading, first) if number == 4 else part(reading, first, 1) or got
    if number == 8:
        return [reading.plain(reading.whole(c)) for c in reading.repetitions(line, number) if said(reading.whole(c))]
    plain = (not re.search("[\r\n]", field) and len(reading.repetitions(line, number)) == 1 and len(first) == 1
             and len(reading.subs(first[0])) == 1)
    return reading.plain(field) if plain else got


def names_order(reading, line):
    return reading.names()[line] == "OBR"


# ---------------------------------------------------------------- why a message may be left unread

EVENTS = {"A%02d" % n for n in range(1, 14)} | {"A25", "A26", "A27", "A28", "A31", "A38", "A40"}
VISITS = EVENTS - {"A08", "A28", "A31", "A40"}


def honest_reason(reading):
    """The reason for which a message may stay unread, as the independent reader finds it; None where there is none."""
    if reading.broken:
        return "MSH-1 and MSH-2 broken: delimiters missing, unusable or repeated"
    kind = re.sub("[^A-Z0-9]", "", reading.header(9, 1).upper())
    event = reading.header(9, 2).upper()
    names = reading.names()
    if not kind:
        return "MSH-9 missing: no message type is stated"
    if kind not in ("ADT", "ORU"):
        return "message type %s: read by a later adapter" % kind
    if kind == "ADT":
        if not event and "EVN" in names:
            event = reading.field(names.index("EVN"), 1).strip().upper()
        if event not in EVENTS:
            return "event %s: read by a later adapter" % (event or "not stated")
    if "PID" not in names:
        return "PID missing: no person is named"
    if kind == "ADT" and event in VISITS:
        people = [i for i, n in enumerate(names) if n == "PID"] + [len(names)]
        if any("PV1" not in names[a:b] for a, b in zip(people, people[1:])):
            return "PV1 missing: movement without its required segment"
    if event == "A40" and "MRG" not in names:
        return "MRG missing: merge without its required segment"
    if kind == "ORU" and "OBR" not in names and "OBX" not in names:
        return "OBR and OBX missing: report without a result"
    return None


# ---------------------------------------------------------------- the run

class Tally:
    def __init__(self, show):
        self.passed = self.failed = self.skipped = 0
        self.show = show

    def check(self, good, *words):
        if good:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= self.show:
            print("FAILED:", *words, file=sys.stderr)
        elif self.failed == self.show + 1:
            print("further failures are only counted; see --show", file=sys.stderr)


def inspect(portal, files, *options):
    """(exit status, lines) of portal inspect."""
    done = subprocess.run([portal, "inspect", *options, *files], capture_output=True, timeout=600)
    return done.returncode, done.stdout.decode("utf-8").splitlines()


def all_entries(portal, answers, *options):
    """{file: entries}: a file's lines are as many as its answer counts."""
    found = {file: [] for file, _ in answers}
    stated = [(file, answer["entries"]) for file, answer in answers if answer["entries"]]
    for start in range(0, len(stated), 60):
        batch = stated[start:start + 60]
        _, lines = inspect(portal, [file for file, _ in batch], "--entries", *options)
        lines = iter(lines)
        for file, count in batch:
            found[file] = [json.loads(line) for _, line in zip(range(count), lines)]
    return found


def check_values(tally, path, number, reading, entries):
    for field, differs in compare(reading, entries).items():
        tally.check(differs is None, path, "message", number, field, *("\n   %s" % (d,) for d in differs or ()))


def read_table(path):
    if not os.path.exists(path):
        return {}
    with open(path, newline="", encoding="utf-8") as file:
        rows = [r for r in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if r and not r[0].startswith("#")]
    return {(r[0], int(r[1])): r[2] for r in rows[1:]}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("portal")
    p.add_argument("corpus")
    p.add_argument("--table", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus_exceptions.tsv"))
    p.add_argument("--write-table", action="store_true", help="write the table from what is found, to be read by hand")
    p.add_argument("--show", type=int, default=40, help="how many failures to print")
    a = p.parse_args()
    tally = Tally(a.show)
    manifest = os.path.join(a.corpus, "MANIFEST.tsv")
    if not os.path.exists(manifest):
        print("SKIPPED, LOUDLY: no corpus at", a.corpus, "- nothing was compared", file=sys.stderr)
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with open(manifest, newline="", encoding="utf-8") as file:
        paths = [row["path"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                 if row["format"] == "hl7v2"]
    where = {path: os.path.join(a.corpus, path) for path in paths}
    answers = {}
    for start in range(0, len(paths), 100):
        batch = paths[start:start + 100]
        status, lines = inspect(a.portal, [where[f] for f in batch], "--json")
        tally.check(status == 0 and len(lines) == len(batch), "exit status", status, "and", len(lines), "answers for",
                    len(batch), "files from", batch[0])
        for line in lines:
            answer = json.loads(line)
            answers[answer["file"]] = answer
    for path in paths:
        answer = answers.get(where[path])
        size = os.path.getsize(where[path])
        good = answer is not None and answer["bytes"] == size \
            and answer["mapped"] + answer["ignored"] + answer["unmapped"] == size
        tally.check(good, path, "bytes do not add up or no answer:", answer)
        if answer:
            counts = answer["messages"]
            worst = "rejected" if counts["rejected"] else "held" if counts["held"] else "adapted"
            errors = [f for f in answer["findings"] if f["severity"] == "error"]
            tally.check(sum(counts.values()) > 0 and answer["outcome"] == worst
                        and (counts["adapted"] > 0) == (answer["entries"] > 0)
                        and len(errors) >= counts["held"] + counts["rejected"]
                        and all(f["code"] and f["location"] for f in errors), path, "counts disagree:", answer)
    if hl7 is None:
        print("SKIPPED, LOUDLY: the Python package hl7 is not installed - no message and no value was compared",
              file=sys.stderr)
        tally.skipped += 1
        return finish(tally)
    read = all_entries(a.portal, [(where[f], answers[where[f]]) for f in paths if where[f] in answers])
    # Lines of other formats are corpus.py's.
    whole = read_table(a.table)
    table = {} if a.write_table else {k: v for k, v in whole.items() if k[0].startswith("hl7v2/")}
    others = [(*k, v) for k, v in whole.items() if not k[0].startswith("hl7v2/")]
    later = []
    used, rows = set(), []
    compared = collections.Counter()
    split_here = 0
    for path in paths:
        answer = answers.get(where[path])
        if not answer:
            continue
        with open(where[path], "rb") as file:
            readings = [Reading(m) for m in messages(file.read())]
        counts = answer["messages"]
        # A file without a message is rejected as a whole.
        tally.check(len(readings) == sum(counts.values()) if readings else counts["rejected"] == 1, path,
                    "messages found:", len(readings), "by portal:", counts)
        entries = collections.defaultdict(list)
        for entry in read[where[path]]:
            entries[entry["origin"]["document"]].append(entry)
        adapted = 0
        sent = collections.Counter(hashlib.sha256(r.raw).hexdigest() for r in readings)
        for number, reading in enumerate(readings, 1):
            hash = hashlib.sha256(reading.raw).hexdigest()
            mine = entries.get(hash, [])
            mine = mine[:len(mine) // sent[hash]]
            names = reading.names()
            kind = reading.header(9, 1).upper()
            must = {"MSH", "PID", "OBX"} <= set(names) or kind in ("ADT", "ORU")
            reason = honest_reason(reading)
            if mine:
                adapted += 1
            split_here += not reading.by_package
            if must and mine:
                tally.check((path, number) not in table, path, number, "is adapted: the table's line is stale")
                used.add((path, number))
            elif must and a.write_table:
                rows.append((path, number, reason or "UNEXPLAINED"))
            elif must:
                used.add((path, number))
                tally.check(reason is not None and table.get((path, number)) == reason, path, "message", number,
                            "is not adapted; the table says:", table.get((path, number)), "- found:", reason)
            # Letters, referrals and bookings keep their OBX as text: their values are compared as a report's.
            if mine and kind in ("ADT", "ORU"):
                compared["own adapter"] += 1
                check_values(tally, path, number, reading, mine)
            elif not reading.broken and kind not in ("ADT", "ORU") and "PID" in names and {"OBR", "OBX"} & set(names):
                later.append((path, number, reading))
        tally.check(adapted == counts["adapted"], path, "adapted by entries:", adapted, "by the count:", counts)
    with tempfile.TemporaryDirectory(prefix="corpus-values-") as folder:
        files = [os.path.join(folder, "%05d.hl7" % n) for n in range(len(later))]
        for name, (_, _, reading) in zip(files, later):
            with open(name, "wb") as file:
                file.write(reading.raw)
        reader = "--as", "hl7v2-lab-report"
        found = []
        for start in range(0, len(files), 100):
            found += [json.loads(line) for line in inspect(a.portal, files[start:start + 100], "--json", *reader)[1]]
        read = all_entries(a.portal, [(f["file"], f) for f in found], *reader)
        for name, (path, number, reading) in zip(files, later):
            tally.check(bool(read.get(name)), path, number, "is not read with", *reader)
            if read.get(name):
                compared["--as hl7v2-lab-report"] += 1
                check_values(tally, path, number, reading, read[name])
    for path, number in sorted(set(table) - used):
        tally.check(False, path, number, "stands in the table, and no such message must be adapted")
    if a.write_table:
        with open(a.table, "w", encoding="utf-8", newline="") as file:
            file.write("path\tmessage\treason\n")
            for row in rows + others:
                file.write("\t".join(map(str, row)) + "\n")
        print("wrote", len(rows), "lines; read each before it is checked in")
    print(len(paths), "files;", sum(compared.values()), "messages compared:",
          ", ".join("%d by %s" % (n, k) for k, n in sorted(compared.items())) + ";", split_here,
          "messages that python-hl7 could not split")
    return finish(tally)


def finish(tally):
    print("%d passed, %d failed" % (tally.passed, tally.failed) + (", %d skipped" % tally.skipped if tally.skipped else ""))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
