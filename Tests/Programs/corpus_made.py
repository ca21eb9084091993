#!/usr/bin/env python3
"""Compares what `portal inspect` and an independent reader read of the same messages, value by value.

    corpus_made.py PORTAL CORPUS [--count N] [--seed S] [--show N]

The messages are N made ones a format (made_messages.py: HL7 v2, EDIFACT, FHIR, CDA; 1,000 unless told) and every EDIFACT
report and CDA document of CORPUS; corpus_values.py and corpus_fhir.py compare the corpus' HL7 v2 and FHIR. What is compared
is what a clinician reads: numbers, names and birth dates of the patient; code, value, unit, range, status and time of each
observation; the words of a letter. Of the corpus' CDA documents it is code, value, unit and time of every observation that a
result or vital sign by its template, and whose value is a quantity, number, text or code. The independent readers are python-hl7, Python's json, lxml and the splitter of
corpus_readers.py; both readers get the bytes alone, never what the maker meant.

Prints "N passed, N failed" as the closing line.
"""
import argparse, collections, csv, json, os, random, re, subprocess, sys, tempfile

import corpus_fhir, corpus_readers, corpus_values, made_messages
from corpus_readers import CDA, local

XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"
TOKEN = re.compile(r"\w+")
BATCH = 100


class Said:
    """What one reader says a message says."""

    def __init__(self):
        self.numbers, self.names, self.births = set(), set(), set()
        self.observations = collections.Counter()
        self.words = collections.Counter()
        self.times = set()

    def differences(self, other, exact=True):
        """What another reader says otherwise; where not exact, all that this one says must be said."""
        for field in ("numbers", "names", "births", "observations", "words", "times"):
            mine, theirs = getattr(self, field), getattr(other, field)
            if (mine != theirs) if exact and field != "words" else mine - theirs:
                yield field, mine - theirs, theirs - mine


# ---------------------------------------------------------------- ours

def first_code(concept):
    return next((c["code"] for c in concept.get("codings") or [] if c.get("code")), None) or concept.get("text")


def unit(concept):
    if not concept:
        return None
    first = (concept.get("codings") or [{}])[0]
    return concept.get("text") or first.get("display") or first.get("code")


def ours(entries, format):
    said = Said()
    for entry in entries:
        (kind, content), = entry["content"].items()
        if kind == "patient":
            said.numbers |= {i["value"] for i in content["identifiers"]}
            said.names |= {(n.get("family"), n.get("given")) for n in content["names"]}
            if content.get("birthDate"):
                said.births.add(content["birthDate"])
        elif kind == "diagnosticReport":
            for one in content["observations"]:
                status = {"edifact": None}.get(format, one.get("statusCode"))
                said.observations[first_code(one["code"]), "|".join(v["text"] for v in one["values"]), unit(one.get("unit")),
                                  one.get("referenceRange"), status, one.get("effective")] += 1
            if format == "edifact" and content.get("collected"):
                said.times.add(content["collected"])
        elif kind == "clinicalDocument":
            for section in content["sections"]:
                said.words.update(TOKEN.findall(section.get("heading") or ""))
                said.words.update(TOKEN.findall(section.get("text") or ""))
            said.words.update(TOKEN.findall(content.get("title") or ""))
            # The heading of a section without words of its own is kept by its path.
            for text in (t for place, t in content["other"].items() if place.endswith("title")):
                said.words.update(TOKEN.findall(text))
    return said


LIMITS = re.compile(r"(from |to )?[\d.]+(-[\d.]+)?")


def coarse(said):
    """Of an EDIFACT report that was not made here: results with a number, and the limits without the words around them."""
    found = collections.Counter()
    for (code, value, unit_, wide, _, _), count in said.observations.items():
        limits = LIMITS.match(wide or "")
        if re.match(r"[<>]?=?\d", value):
            found[code, value, unit_, limits.group(0) if limits else None] += count
    said.observations = found
    return said


# ---------------------------------------------------------------- EDIFACT

def edifact_time(value, form):
    """DTM: CCYY (602), CCYYMM (610), CCYYMMDD (102), CCYYMMDDHHMM (203)."""
    parts = [value[:4], value[4:6], value[6:8]]
    day = "-".join(p for p in parts if p)
    return day + "T" + value[8:10] + ":" + value[10:12] if form == "203" else day


def edifact(message):
    said, current = Said(), None

    def part(segment, element, component):
        found = segment[element] if element < len(segment) else [""]
        return found[component] if component < len(found) else ""

    def close():
        if current:
            said.observations[current["code"], current["value"], current["unit"], "; ".join(current["ranges"]) or None, None,
                              None] += 1
    for segment in message.segments:
        tag = segment[0][0]
        if tag == "PNA" and part(segment, 1, 0) == "PAT":
            if part(segment, 2, 0):
                said.numbers.add(part(segment, 2, 0))
            named = {e[0]: ":".join(e[1:]) for e in segment[5:] if len(e) > 1}
            said.names.add((named.get("SU"), named.get("FO")))
        elif tag == "DTM" and part(segment, 1, 0) == "329":
            said.births.add(edifact_time(part(segment, 1, 1), part(segment, 1, 2)))
        elif tag == "DTM" and part(segment, 1, 0) == "SCO":
            said.times.add(edifact_time(part(segment, 1, 1), part(segment, 1, 2)))
        elif tag == "INV":
            close()
            current = {"code": part(segment, 2, 0) or part(segment, 2, 3), "value": "", "unit": None, "ranges": []}
        elif tag == "RSL" and current:
            mark = {"5": ">=", "6": ">", "7": "<", "8": "<="}.get(part(segment, 2, 1), "")
            second = part(segment, 3, 0)
            current["value"] = mark + part(segment, 2, 0) + ("-" + second if second else "")
            current["unit"] = part(segment, 4, 3) or None
        elif tag == "RND" and current:
            low, high = part(segment, 2, 0), part(segment, 3, 0)
            current["ranges"].append(low + "-" + high if low and high else "from " + low if low else "to " + high)
        elif tag == "S02":
            close()
            current = None
    close()
    return said


# ---------------------------------------------------------------- FHIR

def fhir(document):
    said = Said()
    for resource in corpus_fhir.resources(document):
        kind = resource["resourceType"]
        if kind == "Patient":
            said.numbers |= {i["value"] for i in corpus_fhir.many(resource, "identifier") if i.get("value")}
            said.names |= {(n.get("family"), (n.get("given") or [None])[0]) for n in corpus_fhir.many(resource, "name")}
            if resource.get("birthDate"):
                said.births.add(resource["birthDate"])
        elif kind == "Observation":
            ranges = [r["text"] for r in resource.get("referenceRange") or [] if r.get("text")]
            said.observations[corpus_fhir.first_code(resource["code"]), corpus_fhir.value(resource) or "",
                              (resource.get("valueQuantity") or {}).get("unit"), "; ".join(ranges) or None,
                              resource.get("status"), resource.get("effectiveDateTime")] += 1
    return said


# ---------------------------------------------------------------- CDA

def cda_text(element):
    return " ".join("".join(element.itertext()).split()) if element is not None else None


INLINE = {"content", "sub", "sup", "linkHtml"}


def shown(element):
    """The words of a narrative as they are shown: what adjoins inside a line is one word, as the sender wrote it."""
    text = element.text or ""
    for child in element:
        name = local(child)
        apart = "" if name in INLINE or not name else " "
        text += apart + ("^" if name == "sup" else "") + (shown(child) if name else "") + apart + (child.tail or "")
    return text


def cda_value(element):
    """(text, unit) of an observation's value."""
    kind = (element.get(XSI) or "").split(":")[-1]
    if kind == "IVL_PQ":
        low, high = element.find(CDA + "low"), element.find(CDA + "high")
        end = low if low is not None else high
        open_ = end.get("inclusive") == "false"
        mark = (">" if low is not None else "<") + ("" if open_ else "=")
        return mark + end.get("value"), end.get("unit")
    return element.get("value") or "".join(element.itertext()), element.get("unit")


# C-CDA R2.1 and R1.1 result and vital sign observations, and CCD's: whatever section they stand in, a result is one.
RESULTS = {"2.16.840.1.113883.10.20.22.4.2", "2.16.840.1.113883.10.20.22.4.27", "2.16.840.1.113883.10.20.1.31"}


def cda_result(one):
    """(code, text, unit, time) of a result as it is read aloud; None where it states no single plain value."""
    templates = {t.get("root") for t in one.findall(CDA + "templateId")}
    values, code = one.findall(CDA + "value"), one.find(CDA + "code")
    if not templates & RESULTS or one.get("negationInd") == "true" or one.get("moodCode", "EVN") != "EVN" or len(values) != 1 \
            or code is None or not code.get("code"):
        return None
    value, kind = values[0], (values[0].get(XSI) or "").split(":")[-1]
    if value.get("nullFlavor") or value.find(CDA + "translation") is not None:
        return None
    if kind in ("PQ", "INT", "REAL") and value.get("value"):
        # UCUM's 1 is no unit.
        text, unit_ = value.get("value"), value.get("unit") if kind == "PQ" and value.get("unit") != "1" else None
    elif kind == "ST" and cda_text(value) and not len(value):
        text, unit_ = cda_text(value), None
    elif kind in ("CD", "CE") and value.get("displayName") and value.find(CDA + "originalText") is None:
        text, unit_ = value.get("displayName"), None
    else:
        return None
    time = one.find(CDA + "effectiveTime")
    low = time.find(CDA + "low") if time is not None else None
    said = (time.get("value") or (low.get("value") if low is not None else None)) if time is not None else None
    return code.get("code"), " ".join(text.split()), unit_, corpus_values.date(said or "")


def results(root):
    return collections.Counter(found for found in map(cda_result, root.iter(CDA + "observation")) if found)


def our_results(entries):
    """All that our observations state, by each of a code's codings: which leads is no difference of value."""
    found = collections.Counter()
    for entry in entries:
        for one in entry["content"].get("diagnosticReport", {}).get("observations", []):
            text = " ".join("|".join(v["text"] for v in one["values"]).split())
            time = (one.get("effective") or "").split("[")[0] or None
            for code in {c["code"] for c in one["code"].get("codings") or [] if c.get("code")}:
                found[code, text, unit(one.get("unit")), time] += 1
    return found


def cda(root, whole):
    """What a document says; of one that was not made here the observations that are results are compared apart."""
    said = Said()
    for document in [root] if root.tag == CDA + "ClinicalDocument" else root.iter(CDA + "ClinicalDocument"):
        for role in document.findall(CDA + "recordTarget/" + CDA + "patientRole"):
            said.numbers |= {i.get("extension") for i in role.findall(CDA + "id") if i.get("extension") and not i.get("nullFlavor")}
            patient = role.find(CDA + "patient")
            if patient is None:
                continue
            for name in patient.findall(CDA + "name"):
                family, given = cda_text(name.find(CDA + "family")), cda_text(name.find(CDA + "given"))
                if family or given:
                    said.names.add((family or None, given or None))
            born = patient.find(CDA + "birthTime")
            stated = corpus_values.date(born.get("value") or "") if born is not None else None
            if stated:
                said.births.add(stated)
        said.words.update(TOKEN.findall(cda_text(document.find(CDA + "title")) or ""))
        for section in document.iter(CDA + "section"):
            for child in section:
                if local(child) in ("title", "text"):
                    said.words.update(TOKEN.findall(shown(child)))
        for one in document.iter(CDA + "observation") if whole else ():
            text, unit_ = cda_value(one.find(CDA + "value"))
            wide = cda_text(one.find(CDA + "referenceRange/" + CDA + "observationRange/" + CDA + "text"))
            said.observations[one.find(CDA + "code").get("code"), text, unit_, wide, one.find(CDA + "statusCode").get("code"),
                              corpus_values.date(one.find(CDA + "effectiveTime").get("value"))] += 1
    return said


# ---------------------------------------------------------------- the run

def entries_of(portal, files):
    found = {}
    for start in range(0, len(files), BATCH):
        batch = files[start:start + BATCH]
        done = subprocess.run([portal, "inspect", "--json", *batch], capture_output=True, timeout=600)
        counts = [(a["file"], a["entries"]) for a in map(json.loads, done.stdout.splitlines())]
        done = subprocess.run([portal, "inspect", "--entries", *batch], capture_output=True, timeout=600)
        lines = iter(done.stdout.decode("utf-8").splitlines())
        for file, count in counts:
            found[file] = [json.loads(next(lines)) for _ in range(count)]
    return found


def compare(tally, format, name, data, entries, made):
    """Compares one message; a made one exactly, one of the corpus in all that the independent reader reads."""
    if format == "hl7v2":
        for field, differs in corpus_values.compare(corpus_values.Reading(data), entries).items():
            tally.check(differs is None, name, field, *("\n   %s" % (d,) for d in differs or ()))
        return
    if format == "edifact":
        expected = edifact(corpus_readers.edifact_messages(data)[0])
    elif format == "fhir":
        expected = fhir(json.loads(data.decode("utf-8"), parse_float=str, parse_int=str))
    else:
        expected = cda(corpus_readers.tree(data), made)
        if not made:
            wanted, said = results(corpus_readers.tree(data)), our_results(entries)
            tally.compared += sum(wanted.values())
            tally.check(not wanted - said, name, *("\n   only lxml reads %s" % (w,) for w in (wanted - said)))
    found = ours(entries, format)
    if format == "edifact" and not made:
        expected, found = coarse(expected), coarse(found)
    wrong = list(expected.differences(found, exact=made))
    tally.check(not wrong, name, *("\n   %s: only the independent reader %s, only ours %s" % w for w in wrong))


def corpus_messages(corpus):
    """(format, name, bytes) of the corpus' EDIFACT reports and CDA documents that the independent reader accepts."""
    with open(os.path.join(corpus, "MANIFEST.tsv"), newline="", encoding="utf-8") as file:
        rows = [(r["path"], r["format"]) for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    for path, format in rows:
        if format not in ("edifact", "cda"):
            continue
        with open(os.path.join(corpus, path), "rb") as file:
            data = file.read()
        if format == "cda":
            root = corpus_readers.tree(data)
            if corpus_readers.cda(root)[1] is None:
                yield format, path, data
            continue
        for number, message in enumerate(corpus_readers.edifact_messages(data), 1):
            if corpus_readers.edifact(message)[1] is None:
                yield format, "%s message %d" % (path, number), message.bytes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portal")
    parser.add_argument("corpus")
    parser.add_argument("--count", type=int, default=1000, help="made messages a format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20)
    a = parser.parse_args()
    tally = corpus_values.Tally(a.show)
    tally.compared = 0
    if corpus_values.hl7 is None or corpus_readers.etree is None:
        print("SKIPPED, LOUDLY: the Python package hl7 or lxml is not installed", file=sys.stderr)
        print("0 passed, 0 failed, 1 skipped")
        return 0
    messages = [(format, "seed %d, %s %d" % (a.seed, format, n), made_messages.made(format, random.Random("%d %s %d" % (a.seed, format, n))), True)
                for format in made_messages.MAKERS for n in range(a.count)]
    if os.path.exists(os.path.join(a.corpus, "MANIFEST.tsv")):
        messages += [(*one, False) for one in corpus_messages(a.corpus)]
    else:
        print("LOUDLY: no corpus; only made messages are compared", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="corpus-made-") as folder:
        files = []
        for place, (format, _, data, _) in enumerate(messages):
            files.append(os.path.join(folder, "%06d.%s" % (place, made_messages.SUFFIXES[format])))
            with open(files[-1], "wb") as file:
                file.write(data)
        found = entries_of(a.portal, files)
        counts = collections.Counter()
        for file, (format, name, data, made) in zip(files, messages):
            counts[format, "made" if made else "of the corpus"] += 1
            compare(tally, format, name, data, found.get(file, []), made)
    print("%d results of the corpus' CDA documents compared" % tally.compared)
    print("; ".join("%d %s %s" % (number, *kind)
                    for kind, number in counts.items()))
    return corpus_values.finish(tally)


if __name__ == "__main__":
    sys.exit(main())
