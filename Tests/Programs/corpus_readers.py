"""Independent readers of the corpus: which messages a file holds, of what type, and whether each is a clinical message.

python-hl7 (through corpus_values), Python's json, lxml, and a splitter of EDIFACT of its own; no code of the library.
A reader answers (type, None) for a message that it accepts as one of the table of DESIGN section 3, and (type, reason)
for any other.
"""
import json, re

try:
    from lxml import etree
except ImportError:
    etree = None
import corpus_fhir, corpus_values

# ---------------------------------------------------------------- HL7 v2

TABLE = {"ADT": {"A%02d" % n for n in [*range(1, 18), *range(21, 29), 18, 24, 30, 31, 34, 37, 38, *range(40, 48)]},
         "SIU": {"S%d" % n for n in range(12, 27)}, "ORU": {"R01", "R30"}, "OUL": {"R22"},
         "REF": {"I12", "I13", "I14"}, "RRI": {"I12", "I13", "I14"}, "MDM": {"T%02d" % n for n in range(1, 12)},
         "ORM": {"O01"}, "OML": {"O21"}, "ORR": {"O02"}, "ORL": {"O22"}}
# What the standard's structure of a message requires beyond MSH and a person (HL7 v2.5.1 chapters 3, 4, 7, 9, 11, 10).
REQUIRED = {"ADT": [], "SIU": ["SCH"], "ORU": ["OBR"], "OUL": ["OBR"], "REF": ["RF1"], "RRI": ["RF1"], "MDM": ["TXA"],
            "ORM": ["ORC"], "OML": ["ORC"], "ORR": ["ORC"], "ORL": ["ORC"]}


def hl7v2(reading):
    kind = re.sub("[^A-Z0-9]", "", reading.header(9, 1).upper())
    event = reading.header(9, 2).upper()
    names = reading.names()
    if kind == "ADT" and not event and "EVN" in names:
        event = reading.field(names.index("EVN"), 1).strip().upper()
    if kind in ("ORU", "SIU") and not event:
        event = {"ORU": "R01"}.get(kind, "")
    type_ = kind + ("^" + event if event else "") or "no type"
    if reading.broken:
        return "no type", "its delimiters are missing, unusable or repeated"
    if kind not in TABLE or event not in TABLE[kind]:
        return type_, "no message of the table"
    if not reading.by_package:
        return type_, "python-hl7 cannot split it"
    if "PID" not in names:
        return type_, "no person is named (PID)"
    visits = kind == "ADT" and event in corpus_values.VISITS | {"A14", "A15", "A16", "A17"} - {"A28", "A31"}
    if visits:
        people = [i for i, n in enumerate(names) if n == "PID"] + [len(names)]
        if any("PV1" not in names[a:b] for a, b in zip(people, people[1:])):
            return type_, "a movement without PV1"
    missing = [name for name in REQUIRED[kind] if name not in names]
    if kind == "ADT" and event in ("A18", "A30", "A34", "A40", "A41", "A42", "A43", "A44", "A45", "A46", "A47"):
        missing = [] if "MRG" in names else ["MRG"]
    if missing:
        return type_, "required by the standard and missing: " + ", ".join(missing)
    return type_, None


# ---------------------------------------------------------------- EDIFACT (ISO 9735), release characters minded

def edifact_segments(data):
    """(UNA or nothing, [segment bytes without terminator]) of a file; segments may stand on lines of their own."""
    data = data.lstrip(b"\xef\xbb\xbf \r\n\t")
    marks = b":+.? '"
    una = b""
    if data.startswith(b"UNA"):
        una, marks, data = data[:9], data[3:9], data[9:]
    release, end = marks[3:4], marks[5:6]
    found, current, at = [], b"", 0
    while at < len(data):
        one = data[at:at + 1]
        if one == release and release != b" ":
            current += data[at:at + 2]
            at += 2
            continue
        at += 1
        if one == end:
            found.append(current.strip(b"\r\n\t "))
            current = b""
        else:
            current += one
    return una, marks, [s for s in found if s]


def edifact_split(text, mark, release):
    """Parts of a text between marks that no release character stands before."""
    parts, current, at = [], "", 0
    while at < len(text):
        if text[at] == release and release != " ":
            current += text[at:at + 2]
            at += 2
        elif text[at] == mark:
            parts.append(current)
            current, at = "", at + 1
        else:
            current, at = current + text[at], at + 1
    return parts + [current]


def edifact_plain(text, release):
    return re.sub(re.escape(release) + "(.)", r"\1", text, flags=re.S) if release != " " else text


class Edifact:
    """One message: [[element: [component text]]], each segment with its tag as element 0."""

    def __init__(self, una, marks, header, segments, is_cut=False):
        self.marks, self.header, self.raw, self.is_cut = marks, header, segments, is_cut
        component, element, _, release = (chr(b) for b in marks[:4])
        syntax = header.decode("latin-1").split(element)[1:2]
        charset = "utf-8" if syntax and syntax[0].startswith("UNOW") else "latin-1"
        self.segments = []
        for raw in segments:
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                text = raw.decode(charset)
            self.segments.append([[edifact_plain(c, release) for c in edifact_split(e, component, release)]
                                  for e in edifact_split(text, element, release)])
        end = marks[5:6] + b"\r\n"
        self.bytes = una + (b"\r\n" if una else b"") + b"".join(s + end for s in [header, *segments] if s)

    def tags(self):
        return [s[0][0] for s in self.segments]

    def type(self):
        parts = self.segments[0][2] if len(self.segments[0]) > 2 else [""]
        return (parts[0] + (" " + parts[4] if len(parts) > 4 else " " + parts[-1] if len(parts) > 1 else "")).strip()


def edifact_messages(data):
    una, marks, segments = edifact_segments(data)
    header, found, current = b"", [], None
    for segment in [*segments, b"UNZ"]:
        tag = segment[:3]
        if tag in (b"UNB", b"UNH", b"UNZ") and current is not None:
            found.append(Edifact(una, marks, header, current, is_cut=True))
            current = None
        if tag == b"UNB":
            header = segment
        elif tag == b"UNH":
            current = [segment]
        elif current is not None:
            current.append(segment)
            if tag == b"UNT":
                found.append(Edifact(una, marks, header, current))
                current = None
    return found


REPORTS = re.compile(r"MEDRPT NHS00[234]$|NHSRSR NHS002$")


def edifact(message):
    type_ = message.type()
    if not REPORTS.match(type_):
        return type_, "no message of the table"
    tags = message.tags()
    if message.is_cut:
        return type_, "a message without its end (UNT)"
    if "PNA" not in tags:
        return type_, "no person is named (PNA)"
    if "S02" not in tags:
        return type_, "a message without a report (S02)"
    if type_.startswith("MEDRPT") and "INV" not in tags:
        return type_, "a report without a result (INV, which the message requires)"
    return type_, None


# ---------------------------------------------------------------- FHIR, CDA, XDS

FHIR = "{http://hl7.org/fhir}"


def local(element):
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def tree(data):
    """The root of a document that lxml reads with no network and no entity; None where it cannot, or has a DTD."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.doctype else root


def fhir_json(path):
    document = corpus_fhir.read(path)
    if document is None:
        return "unreadable", "Python's json refuses it, or it holds no resource"
    type_ = document["resourceType"]
    if type_ == "Bundle":
        type_ += "/" + str(document.get("type", "?"))
    return (type_, None) if corpus_fhir.names_a_patient(document) else (type_, "no patient, and no statement that names one")


def fhir_xml(root):
    if root is None:
        return "unreadable", "lxml refuses it"
    type_ = local(root)
    if not root.tag.startswith(FHIR):
        return type_, "no resource of FHIR"
    if type_ == "Bundle":
        kind = root.find(FHIR + "type")
        type_ += "/" + (kind.get("value", "?") if kind is not None else "?")
    for resource in root.iter():
        name = local(resource)
        if not isinstance(resource.tag, str) or name not in corpus_fhir.STATEMENTS | {"Patient"}:
            continue
        # A resource stands alone, or in an element that holds one.
        holder = resource.getparent()
        if holder is not None and local(holder) not in ("resource", "contained"):
            continue
        if name == "Patient":
            return type_, None
        for who in (resource.find(FHIR + "subject"), resource.find(FHIR + "patient")):
            if who is None:
                continue
            reference, number = who.find(FHIR + "reference"), who.find(FHIR + "identifier/" + FHIR + "value")
            if (reference is not None and "Patient/" in reference.get("value", "")) or number is not None:
                return type_, None
    return type_, "no patient, and no statement that names one"


CDA = "{urn:hl7-org:v3}"


def cda(root):
    if root is None:
        return "unreadable", "lxml refuses it"
    found = [root] if root.tag == CDA + "ClinicalDocument" else root.findall(".//" + CDA + "ClinicalDocument")
    if not found:
        return local(root), "no ClinicalDocument: an excerpt of one, or another message"
    code = found[0].find(CDA + "code")
    type_ = "ClinicalDocument " + ((code.get("code") or "?") if code is not None else "?")
    for document in found:
        role = document.find(CDA + "recordTarget/" + CDA + "patientRole")
        if role is None:
            return type_, "no person is named (recordTarget)"
        ids = [one for one in role.findall(CDA + "id") if one.get("root") or one.get("extension")]
        if not ids and role.find(CDA + "patient/" + CDA + "name") is None:
            return type_, "the person has neither number nor name"
    return type_, None


ENTRY = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
ON_DEMAND = "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248"
PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"


def xds(root):
    if root is None:
        return "unreadable", "lxml refuses it"
    type_ = local(root)
    entries = [e for e in root.iter() if local(e) == "ExtrinsicObject" and e.get("objectType") in (ENTRY, ON_DEMAND)]
    if not entries:
        return type_, "no document is announced"
    for entry in entries:
        number = any(local(e) == "ExternalIdentifier" and e.get("identificationScheme") == PATIENT_ID and e.get("value")
                     for e in entry)
        source = any(local(e) == "Slot" and e.get("name") == "sourcePatientId" for e in entry)
        if number or source:
            return type_, None
    return type_, "no announced document names a person"
