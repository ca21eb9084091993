#!/usr/bin/env python3
"""Reads a corpus of FHIR R4 files with `portal inspect`, with Python's json and with lxml, and compares.

    corpus_fhir.py PORTAL CORPUS [--show N]

CORPUS holds MANIFEST.tsv, whose columns `path` and `format` name the files (format fhir-r4).

1. Every file has an answer, exit status 0, and mapped + ignored + unmapped == bytes == file size.
2. Every file that Python or lxml reads and that holds a patient, or a statement that names one, is adapted.
3. Of every adapted file: the patients' numbers, names and birth dates, the code, value, unit and date of every observation,
   and the code of every condition, vaccination and medicine are what Python or lxml reads, digits and comparators as written.
4. The share unmapped / (mapped + unmapped) is printed for each type, and is under 10 % for the ten commonest.

Without the package lxml the values of XML files are not compared, which is said. Prints "N passed, N failed" as the closing line.
"""
import argparse, collections, csv, json, os, re, subprocess, sys

try:
    from lxml import etree
except ImportError:
    etree = None

FHIR = "{http://hl7.org/fhir}"
# What JSON always has as a list, of what is read here.
LISTS = {"coding", "entry", "contained", "parameter", "part", "given", "component"}

STATEMENTS = {"AllergyIntolerance", "Condition", "MedicationStatement", "MedicationRequest", "MedicationDispense",
              "MedicationAdministration", "Immunization", "Procedure", "ServiceRequest", "Flag", "CarePlan", "RelatedPerson",
              "Encounter", "Appointment", "Composition", "DocumentReference", "QuestionnaireResponse", "Communication",
              "DiagnosticReport", "Observation", "ImagingStudy", "FamilyMemberHistory", "CareTeam", "Goal", "Consent",
              "AdverseEvent", "DetectedIssue", "NutritionOrder", "DeviceRequest", "CommunicationRequest", "RequestGroup",
              "ImmunizationRecommendation", "EpisodeOfCare", "List", "ClinicalImpression", "RiskAssessment",
              "DeviceUseStatement"}


def read(path):
    """A document with numbers as they are written; None where Python cannot read it, or a key stands twice."""
    def once(pairs):
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key twice")
        return found
    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8")
        found = json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=once,
                           parse_constant=lambda word: (_ for _ in ()).throw(ValueError(word)))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("resourceType"), str) else None


def read_xml(path):
    """An XML document in JSON's shape; None where lxml cannot read it, it has a DTD, or it is no resource."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
                             remove_pis=True)
    try:
        root = etree.parse(path, parser).getroot()
    except (etree.XMLSyntaxError, OSError):
        return None
    if root.getroottree().docinfo.doctype or not root.tag.startswith(FHIR):
        return None
    return resource_of(root)


def resource_of(element):
    return {"resourceType": etree.QName(element).localname, **members(element)}


def members(element):
    """What an element holds: a value where it has one, else its elements by name, several of one name as a list."""
    found = {}
    for child in element:
        if not isinstance(child.tag, str) or not child.tag.startswith(FHIR):
            continue  # narrative
        name = etree.QName(child).localname
        inner = [one for one in child if isinstance(one.tag, str) and one.tag.startswith(FHIR)]
        if child.get("value") is not None:
            said = child.get("value")
            said = said == "true" if name == "valueBoolean" else said
        elif len(inner) == 1 and etree.QName(inner[0]).localname[:1].isupper():
            said = resource_of(inner[0])
        else:
            said = members(child)
        found.setdefault(name, []).append(said)
    return {name: said if name in LISTS or len(said) > 1 else said[0] for name, said in found.items()}


def resources(element):
    """Resources with the one that contains them: a bundle's, a Parameters', contained."""
    kind = element.get("resourceType")
    if not isinstance(kind, str):
        return
    if kind == "Bundle":
        for entry in element.get("entry") or []:
            if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
                yield from resources(entry["resource"])
    elif kind == "Parameters":
        stack = list(element.get("parameter") or [])
        while stack:
            parameter = stack.pop(0)
            if isinstance(parameter, dict):
                if isinstance(parameter.get("resource"), dict):
                    yield from resources(parameter["resource"])
                stack = list(parameter.get("part") or []) + stack
    else:
        yield element
        for inner in element.get("contained") or []:
            if isinstance(inner, dict):
                yield from resources(inner)


def many(element, name):
    """The objects of a member, whether it is one or a list, as it should be."""
    found = element.get(name)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]


def first_code(concept):
    for coding in (concept or {}).get("coding") or []:
        if coding.get("code"):
            return coding["code"]
    return (concept or {}).get("text") or None


def value(element):
    """The value of an observation or component as it is read aloud."""
    quantity = element.get("valueQuantity")
    if quantity is not None:
        return (quantity.get("comparator") or "") + quantity["value"] if quantity.get("value") else None
    for name in ("valueString", "valueInteger", "valueDateTime", "valueTime"):
        if element.get(name):
            return element[name]
    if "valueBoolean" in element:
        return "yes" if element["valueBoolean"] else "no"
    concept = element.get("valueCodeableConcept")
    if concept:
        return concept.get("text") or next((c["display"] for c in concept.get("coding") or [] if c.get("display")), None) \
            or next((c["code"] for c in concept.get("coding") or [] if c.get("code")), None)
    return None


def unit(element):
    """The unit of a quantity as it is read aloud; nothing beside another value."""
    quantity = element.get("valueQuantity") or {}
    return (quantity.get("unit") or quantity.get("code")) if quantity.get("value") else None


def when(resource):
    """When an observation was true, an offset of nothing as Z."""
    period, timing = resource.get("effectivePeriod") or {}, resource.get("effectiveTiming") or {}
    event = timing.get("event")
    said = resource.get("effectiveDateTime") or resource.get("effectiveInstant") or period.get("start") \
        or (event[0] if isinstance(event, list) and event else event)
    return re.sub(r"[+-]00:00$", "Z", said) if said else None


def stated(document):
    """What Python reads of a document, as a count of (kind, fields)."""
    found = collections.Counter()
    for resource in resources(document):
        kind = resource["resourceType"]
        if kind == "Patient":
            for identifier in many(resource, "identifier"):
                if identifier.get("value"):
                    found["identifier", identifier["value"]] += 1
            for name in many(resource, "name"):
                if name.get("family"):
                    found["family", name["family"]] += 1
            if re.match(r"\d{4}(-\d\d){0,2}$", str(resource.get("birthDate"))):
                found["birth", resource["birthDate"]] += 1
        elif kind == "Observation":
            parts = many(resource, "component")
            for part in [resource] + parts:
                said = value(part)
                if said:
                    found["value", first_code(part.get("code")) or "", said, unit(part), when(resource)] += 1
        elif kind == "Condition" and first_code(resource.get("code")):
            found["condition", first_code(resource["code"])] += 1
        elif kind == "Immunization" and first_code(resource.get("vaccineCode")):
            found["immunization", first_code(resource["vaccineCode"])] += 1
        elif kind in ("MedicationRequest", "MedicationStatement") and first_code(resource.get("medicationCodeableConcept")):
            found["medicine", first_code(resource["medicationCodeableConcept"])] += 1
    return found


def ours(entries):
    """The same of our entries."""
    found = collections.Counter()
    measure = lambda concept: concept and (concept.get("text") or (concept.get("codings") or [{}])[0].get("code"))
    code = lambda concept: next((c["code"] for c in concept.get("codings") or [] if c.get("code")), None) or concept.get("text")
    for entry in entries:
        (kind, content), = entry["content"].items()
        if kind == "patient":
            for identifier in content["identifiers"]:
                found["identifier", identifier["value"]] += 1
            for name in content["names"]:
                if name.get("family"):
                    found["family", name["family"]] += 1
            if content.get("birthDate"):
                found["birth", content["birthDate"].split("[")[0]] += 1
        elif kind == "diagnosticReport":
            for one in content["observations"]:
                for said in one["values"]:
                    if said.get("type") != "Attachment":
                        wide = said.get("type") in ("Range", "Ratio")
                        found["value", code(one["code"]) or "", said["text"].split("[")[0],
                              None if wide else measure(one.get("unit")), (one.get("effective") or "").split("[")[0] or None] += 1
        elif kind == "condition":
            found["condition", code(content["code"])] += 1
        elif kind == "immunization":
            found["immunization", code(content["code"])] += 1
        elif kind == "medicationStatement":
            found["medicine", code(content["code"])] += 1
    return found


def names_a_patient(document):
    """Whether some resource is a patient, or a statement that names one."""
    for resource in resources(document):
        if resource["resourceType"] == "Patient":
            return True
        if resource["resourceType"] in STATEMENTS:
            who = resource.get("subject") or resource.get("patient")
            if not isinstance(who, dict):
                continue
            identifier = who.get("identifier")
            is_named = isinstance(identifier, dict) and identifier.get("value")
            if "Patient/" in str(who.get("reference", "")) or is_named:
                return True
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portal")
    parser.add_argument("corpus")
    parser.add_argument("--show", type=int, default=20)
    a = parser.parse_args()
    manifest = os.path.join(a.corpus, "MANIFEST.tsv")
    if not os.path.exists(manifest):
        print("LOUDLY: no corpus; nothing was read")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with open(manifest, newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["format"] == "fhir-r4"]
    files = [os.path.join(a.corpus, row["path"]) for row in rows]
    passed = failed = compared = 0
    problems = []

    def check(is_right, what):
        nonlocal passed, failed
        if is_right:
            passed += 1
        else:
            failed += 1
            problems.append(what)

    answers, entries = {}, {}
    for start in range(0, len(files), 40):
        batch = files[start:start + 40]
        done = subprocess.run([a.portal, "inspect", "--json", *batch], capture_output=True, timeout=600)
        check(done.returncode == 0, f"exit status {done.returncode}")
        for line in done.stdout.splitlines():
            answer = json.loads(line)
            answers[answer["file"]] = answer
    forms = collections.Counter()
    if etree is None:
        print("LOUDLY: the Python package lxml is not installed; the values of XML files are not compared")
    shares = collections.defaultdict(lambda: [0, 0, 0])
    for file, row in zip(files, rows):
        answer = answers.get(file)
        check(answer is not None, f"no answer: {row['path']}")
        if answer is None:
            continue
        size = os.path.getsize(file)
        check(answer["mapped"] + answer["ignored"] + answer["unmapped"] == size == answer["bytes"], f"sum: {row['path']}")
        with open(file, "rb") as opened:
            isXML = opened.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
        document = (read_xml(file) if etree else None) if isXML else read(file)
        forms[isXML] += document is not None
        if document is not None and names_a_patient(document):
            check(answer["outcome"] == "adapted", f"not adapted: {row['path']}")
        if answer["outcome"] != "adapted":
            continue
        share = shares[row["message_type"] or "XML"]
        share[0] += 1
        share[1] += answer["mapped"]
        share[2] += answer["unmapped"]
        if document is None:
            continue
        done = subprocess.run([a.portal, "inspect", "--entries", file], capture_output=True, timeout=600)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]
        expected, found = stated(document), ours(lines)
        for key, number in expected.items():
            compared += number
            check(found[key] >= 1, f"{key[0]} differs: {row['path']}")
    print(f"{len(files)} files, {forms[False]} read as JSON and {forms[True]} as XML; {compared} values compared")
    for kind, (number, mapped, unmapped) in sorted(shares.items(), key=lambda item: -item[1][0]):
        share = 100 * unmapped / max(1, mapped + unmapped)
        print(f"{number:5d}  {share:5.1f} % unmapped  {kind}")
    for kind, (number, mapped, unmapped) in sorted(shares.items(), key=lambda item: -item[1][0])[:10]:
        check(10 * unmapped < mapped + unmapped, f"10 % or more unmapped: {kind}")
    for problem in problems[:a.show]:
        print("  " + problem)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
