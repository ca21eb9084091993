"""Invented messages of four formats, varied by a seed: names, values, units, comparators, dates, escapes, repeats, order.

Every person is invented; NHS numbers are of the test range (999 000 ...). made(format, random) gives the bytes of one.
"""
from xml.sax.saxutils import escape, quoteattr

FAMILIES = ["LEE", "GREENE", "O'NEILL", "MÜLLER", "MacDonald", "St John-Smythe", "Ng", "D'Arcy & Sons", "SIŁA", "van der Berg"]
GIVENS = ["Ann", "André", "Moïra", "Tom", "Mary-Jane", "X", "Zoë", "José Luis"]
TESTS = [("HB", "Haemoglobin"), ("K", "Potassium"), ("CRP", "C-reactive protein"), ("TROP", "Troponin T"),
         ("INR", "International ratio"), ("GLU", "Glucose (fasting)"), ("TSH", "Thyroid stimulating hormone")]
UNITS = ["g/L", "mmol/L", "mg/L", "ug/L", "10*9/L", "%", "mL/min", "IU/L", "µmol/L"]
WORDS = ["Haemolysed", "sample", "< 5 %", "± 0.2", "repeat & confirm", "naïve", "10^9", "a|b", "~3", "C:\\new", "it's", "5+2?",
         "no growth", "µg", "tested: twice"]
COMPARATORS = ["", "", "", "<", ">", "<=", ">="]


def number(random):
    """Digits as a laboratory writes them: leading and trailing zeros are part of what is said."""
    digits = "%d" % random.randrange(0, 2000)
    if random.random() < 0.6:
        digits += "." + "".join(random.choice("0123456789") for _ in range(random.randint(1, 4)))
    return digits


def words(random):
    return " ".join(random.choice(WORDS) for _ in range(random.randint(1, 5)))


def nhs(random):
    """A valid number of the test range."""
    while True:
        digits = "999000" + "%03d" % random.randrange(1000)
        check = 11 - sum(int(d) * (10 - i) for i, d in enumerate(digits)) % 11
        if check != 10:
            return digits + str(check % 11)


def day(random, parts=3):
    return ("%04d" % random.randint(1910, 2025), "%02d" % random.randint(1, 12), "%02d" % random.randint(1, 28))[:parts]


def clock(random):
    return "%02d%02d" % (random.randint(3, 23), random.randint(0, 59))


def person(random):
    return {"nhs": nhs(random), "local": "%06d" % random.randrange(10 ** 6), "family": random.choice(FAMILIES),
            "given": random.choice(GIVENS), "middle": random.choice(["", "May", "B"]),
            "prefix": random.choice(["", "Mrs", "Dr"]), "sex": random.choice("FMU"),
            "birth": day(random, random.choice([1, 2, 3, 3, 3, 3]))}


# ---------------------------------------------------------------- HL7 v2

def hl7v2(random):
    marks = random.choice(["|^~\\&", "|^~\\&", "|^~\\&", "$%*\\!", "|^~\\#"])
    f, c, r, e, s = marks

    def text(value):
        out = ""
        for one in value:
            out += {f: e + "F" + e, c: e + "S" + e, r: e + "R" + e, e: e + "E" + e, s: e + "T" + e}.get(one, one)
        return out
    who = person(random)
    charset = random.choice(["", "UNICODE UTF-8", "8859/1"])
    header = ["MSH" + f + c + r + e + s, "SYS", "GRI", "", "", "20251231" + clock(random), "", "ORU" + c + "R01",
              "M%d" % random.randrange(10 ** 6), "P", random.choice(["2.3", "2.4", "2.5.1"]), "", "", "", "", "", charset]
    ids = [who["local"] + c * 3 + "GRI" + c + "MR", who["nhs"] + c * 3 + "NHS" + c + "NH"]
    random.shuffle(ids)
    name = c.join([text(who["family"]), text(who["given"]), who["middle"], "", who["prefix"]]).rstrip(c)
    lines = [f.join(header).rstrip(f),
             f.join(["PID", "1", "", r.join(ids[:random.randint(1, 2)]), "", name, "", "".join(who["birth"]), who["sex"]])]
    for group in range(random.randint(1, 3)):
        day_ = "".join(day(random))
        lines.append(f.join(["OBR", str(group + 1), "", "26B%d" % random.randrange(10 ** 5) + c + "LAB",
                             "P%d" % group + c + "Panel" + c + "L", "", "", day_ + clock(random)] + [""] * 14
                            + [day_ + "2359", "", "", random.choice("FPC")]))
        for place in range(random.randint(1, 6)):
            code, display = random.choice(TESTS)
            kind = random.choice(["NM", "SN", "ST", "TX", "CWE", "FT", "DT"])
            low, high = sorted(random.randint(0, 99) for _ in range(2))
            value = {"NM": lambda: number(random),
                     "SN": lambda: c.join([random.choice(COMPARATORS).replace("&", ""), number(random)]),
                     "ST": lambda: text(words(random)),
                     "TX": lambda: r.join(text(words(random)) for _ in range(random.randint(1, 3))),
                     "FT": lambda: text(words(random)) + e + ".br" + e + text(words(random)),
                     "DT": lambda: "".join(day(random)),
                     "CWE": lambda: c.join(["X%d" % random.randrange(99), text(words(random)), "L"])}[kind]()
            numeric = kind in ("NM", "SN")
            lines.append(f.join(["OBX", str(place + 1), kind, code + c + display + c + "L", str(place) if kind == "CWE" else "",
                                 value, text(random.choice(UNITS)) if numeric else "",
                                 "%d-%d" % (low, high) if numeric else "", random.choice(["", "H", "L"]) if numeric else "",
                                 "", "", random.choice("FFFPC"), "", "",
                                 random.choice(["", day_, day_ + clock(random)])]).rstrip(f))
            if random.random() < 0.2:
                lines.append(f.join(["NTE", "1", "", text(words(random))]))
    whole = random.choice(["\r", "\r", "\n", "\r\n"]).join(lines) + "\r"
    if charset == "8859/1":
        return whole.encode("latin-1", "ignore")
    return whole.encode("utf-8")


# ---------------------------------------------------------------- EDIFACT

def edifact(random):
    marks = random.choice([":+.? '", ":+.? '", ":+.? '", "#*.! ~"])
    c, f, _, e, _, end = marks

    def text(value):
        return "".join(e + one if one in (c, f, e, end) else one for one in value.replace("µ", "u").replace("Ł", "L"))

    def segment(*elements):
        return f.join(elements) + end
    who = person(random)
    year, month, day_ = day(random)
    lines = [segment("BGM", "LSR"), segment("DTM", c.join(["137", "202512311000", "203"])),
             segment("S01", "01"), segment("NAD", "SLA", "", "", text("NORTH HOSPITAL")), segment("SPR", "ORG"),
             segment("S02", "02"), segment("GIS", "N"), segment("RFF", "SRI" + c + "26C%d" % random.randrange(10 ** 5)),
             segment("STS", "", "UN"), segment("DTM", c.join(["ISR", year + month + day_ + clock(random), "203"])),
             segment("S06", "06"), segment("S07", "07")]
    parts = ["SU" + c + text(who["family"].upper()), "FO" + c + text(who["given"])]
    if who["middle"]:
        parts.append("MI" + c + who["middle"])
    if who["prefix"]:
        parts.append("TI" + c + who["prefix"])
    lines.append(segment("PNA", "PAT", who["nhs"] + c + "OPI", "", "", *parts))
    form = {1: "602", 2: "610", 3: "102"}[len(who["birth"])]
    lines.append(segment("DTM", c.join(["329", "".join(who["birth"]), form])))
    lines.append(segment("PDI", random.choice("12")))
    lines += [segment("S16", "16"), segment("SEQ", "", "1"), segment("SPC", "TSP", c * 3 + text("VENOUS BLOOD")),
              segment("RFF", "STI" + c + "1"), segment("DTM", c.join(["SCO", year + month + day_ + clock(random), "203"]))]
    for place in range(random.randint(1, 6)):
        code, display = random.choice(TESTS)
        lines.append(segment("GIS", "N"))
        coded = c.join(["44%s." % chr(97 + place), "911", "", text(display)]) if random.random() < 0.7 else c * 3 + text(display)
        lines.append(segment("INV", "MQ", coded))
        compare = random.choice(["", "", "5", "6", "7", "8"])
        value = number(random) + (c + compare if compare else "")
        second = number(random) if not compare and random.random() < 0.2 else ""
        lines.append(segment("RSL", "NV", value, second, c * 3 + text(random.choice(UNITS))))
        lines.append(segment("RFF", "ASL" + c + "1"))
        if random.random() < 0.6:
            low, high = number(random), number(random)
            low, high = random.choice([(low, high), (low, ""), ("", high)])
            lines += [segment("S20", "20"), segment(*["RND", "U", low, high][:3 if not high else 4])]
    lines.append(segment("UNT", str(len(lines) + 2), "1"))
    frame = ["UNA" + marks] + [segment("UNB", "UNOC" + c + "3", "5000000000001" + c + "14", "5000000000002" + c + "14",
                                       "251231" + c + "1015", "4711")]
    line = random.choice(["", "\r\n", "\n"])
    whole = line.join(frame + [segment("UNH", "1", c.join(["MEDRPT", "0", "1", "RT", random.choice(["NHS003", "NHS004"])]))]
                      + lines + [segment("UNZ", "1", "4711")])
    return whole.encode("latin-1", "replace")


# ---------------------------------------------------------------- FHIR

def fhir(random):
    import json
    who = person(random)
    born = "-".join(who["birth"])
    stamp = lambda: "-".join(day(random)) + random.choice(["", "T%s:%s:00Z" % (clock(random)[:2], clock(random)[2:]),
                                                           "T%s:%s:00+01:00" % (clock(random)[:2], clock(random)[2:])])
    ids = [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": who["nhs"]}, {"system": "urn:id:GRI", "value": who["local"]}]
    random.shuffle(ids)
    patient = {"resourceType": "Patient", "id": "p1", "identifier": ids[:random.randint(1, 2)],
               "name": [{"family": who["family"], "given": [who["given"]]}], "birthDate": born,
               "gender": random.choice(["female", "male", "unknown"])}
    entries = [patient]
    results = []
    for place in range(random.randint(1, 5)):
        code, display = random.choice(TESTS)
        one = {"resourceType": "Observation", "id": "o%d" % place, "status": random.choice(["final", "preliminary", "corrected"]),
               "code": {"coding": [{"system": "urn:id:L", "code": code, "display": display}]},
               "subject": {"reference": "Patient/p1"}, "effectiveDateTime": stamp()}
        if random.random() < 0.7:
            one["valueQuantity"] = {"value": Digits(number(random)), "unit": random.choice(UNITS)}
            compare = random.choice(COMPARATORS)
            if compare:
                one["valueQuantity"]["comparator"] = compare
            if random.random() < 0.5:
                one["referenceRange"] = [{"text": "%d - %d" % (random.randrange(9), random.randrange(9, 99))}]
        else:
            one["valueString"] = words(random)
        results.append(one)
    entries += results
    if random.random() < 0.5:
        report = {"resourceType": "DiagnosticReport", "id": "d1", "status": "final",
                  "code": {"coding": [{"system": "urn:id:L", "code": "PANEL", "display": "Panel"}]},
                  "subject": {"reference": "Patient/p1"}, "issued": "2025-12-31T10:00:00Z",
                  "result": [{"reference": "Observation/" + one["id"]} for one in results]}
        entries.insert(random.randint(0, len(entries)), report)
    else:
        random.shuffle(entries)
    if random.random() < 0.5:
        entries.append({"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"},
                        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "195967001", "display": "Asthma"}]}})
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "https://example.org/" + one["resourceType"] + "/" + one["id"], "resource": one} for one in entries]}
    text = json.dumps(bundle, ensure_ascii=random.random() < 0.5, indent=random.choice([None, 1]), default=lambda d: d.mark)
    for digits in Digits.all:
        text = text.replace('"' + digits.mark + '"', digits.text)
    Digits.all.clear()
    return text.encode("utf-8")


class Digits:
    """A number whose digits json would not keep."""
    all = []

    def __init__(self, text):
        self.text, self.mark = text if text == "0" or not text.startswith("0") or text.startswith("0.") else "0", ""
        self.mark = "@digits%d@" % len(Digits.all)
        Digits.all.append(self)


# ---------------------------------------------------------------- CDA

def cda(random):
    who = person(random)
    loinc, ids = "2.16.840.1.113883.6.1", [("2.16.840.1.113883.2.1.4.1", who["nhs"]), ("1.2.3.4", who["local"])]
    random.shuffle(ids)

    def stamp():
        return "".join(day(random)) + random.choice(["", clock(random) + "+0000"])
    name = "".join("<%s>%s</%s>" % (tag, escape(who[key]), tag) for tag, key in
                   (("prefix", "prefix"), ("given", "given"), ("given", "middle"), ("family", "family")) if who[key])
    rows, components = "", ""
    for place in range(random.randint(1, 6)):
        code, display = random.choice(TESTS)
        low, high = number(random), number(random)
        unit = quoteattr(random.choice(UNITS))
        value = random.choice([
            '<value xsi:type="PQ" value="%s" unit=%s/>' % (number(random), unit),
            '<value xsi:type="IVL_PQ"><low value="%s" unit=%s inclusive="false"/></value>' % (low, unit),
            '<value xsi:type="IVL_PQ"><high value="%s" unit=%s/></value>' % (high, unit),
            '<value xsi:type="ST">%s</value>' % escape(words(random)),
            '<value xsi:type="INT" value="%d"/>' % random.randrange(500)])
        wide = "<referenceRange><observationRange><text>%s-%s</text></observationRange></referenceRange>" % (low, high)
        components += ('<component><observation classCode="OBS" moodCode="EVN"><code code="%s" codeSystem="%s" displayName=%s/>'
                       '<statusCode code="completed"/><effectiveTime value="%s"/>%s%s</observation></component>\n') % (
            code, loinc, quoteattr(display), stamp(), value, wide if random.random() < 0.5 else "")
        cell = escape(words(random))
        if random.random() < 0.2:
            cell = "<table><tr><td>%s</td><td>low</td></tr><tr><td>next</td></tr></table>" % cell
        rows += "<tr><td>%s</td><td>%s</td></tr>" % (escape(display), cell)
    sections = [
        '<component><section><code code="30954-2" codeSystem="%s"/><title>Results</title><text><table><tbody>%s</tbody></table>'
        '</text><entry><organizer classCode="BATTERY" moodCode="EVN"><id root="1.2.3.5" extension="R%d"/>'
        '<code code="X-1" codeSystem="%s" displayName="Panel"/><statusCode code="completed"/>%s</organizer></entry></section>'
        '</component>' % (loinc, rows, random.randrange(999), loinc, components)]
    for heading in random.sample(["Reason", "Plan", "History", "Family"], random.randint(1, 3)):
        text = "".join(random.choice(["<paragraph>%s</paragraph>", "<content>%s</content> ", "%s<br/>", "%s<footnote>seen</footnote>",
                                      "<list><item>%s</item></list>"]) % escape(words(random))
                       for _ in range(random.randint(1, 4)))
        sections.append('<component><section><title>%s</title><text>%s</text></section></component>' % (heading, text))
    random.shuffle(sections)
    charset = random.choice(["UTF-8", "UTF-8", "UTF-16", "ISO-8859-1"])
    whole = ('<?xml version="1.0" encoding="%s"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3" '
             'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><typeId root="2.16.840.1.113883.1.3" '
             'extension="POCD_HD000040"/><id root="1.2.3.6" extension="N-%d"/><code code="11488-4" codeSystem="%s" '
             'displayName="Consult note"/><title>%s</title><effectiveTime value="20251231101500+0000"/>'
             '<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><recordTarget><patientRole>%s<patient>'
             '<name>%s</name><administrativeGenderCode code="%s" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="%s"/>'
             '</patient></patientRole></recordTarget><component><structuredBody>%s</structuredBody></component>'
             '</ClinicalDocument>') % (
        charset, random.randrange(10 ** 6), loinc, escape(words(random)),
        "".join('<id root="%s" extension="%s"/>' % one for one in ids[:random.randint(1, 2)]), name, who["sex"],
        "".join(who["birth"]), "\n".join(sections))
    return whole.encode(charset.lower(), "xmlcharrefreplace")


MAKERS = {"hl7v2": hl7v2, "edifact": edifact, "fhir": fhir, "cda": cda}
SUFFIXES = {"hl7v2": "hl7", "edifact": "edi", "fhir": "json", "cda": "xml"}


def made(format, random):
    return MAKERS[format](random)
