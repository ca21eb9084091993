#!/usr/bin/env python3
"""A batch far larger than memory allows, and one large bundle: how much memory they take.

    large.py PORTAL [--mb 64] [--bundle 8] [--release]

Writes a batch of invented results, imports it with the program and measures the process: its peak memory must stay under 64 MB
and two and a half times the longest message, whatever the batch's size (in a debug build, 96 MB). Then a FHIR bundle of invented
people is read: no more than 64 MB and two and a half times its size. Prints "N passed, N failed".
"""
import argparse, json, os, random, shutil, sys, tempfile, uuid

from bad_input import Run

PROFILE = """
silos:
  lab: {label: Results, path: lab, zone: Europe/London}
  fhir: {label: Bundles, path: fhir, zone: Europe/London}
access:
  roles:
    doctor: {may: [know, read], needsRelationship: false}
people:
  dr: {roles: [doctor]}
"""


def message(number):
    person = number % 5000
    lines = ["MSH|^~\\&|LIMS|LAB|||20261122101500||ORU^R01|%08d|P|2.5.1" % number,
             "PID|1||%07d^^^NORTH^MR||INVENTED^ANN%d||19510303|F" % (1000000 + person, person)]
    for order in range(2):
        lines.append("OBR|%d||L%08d%d^LIMS|FBC^Full blood count^L|||20261122080000" % (order + 1, number, order))
        for result in range(8):
            lines.append("OBX|%d|NM|T%d^Test number %d^L||%d.%d|g/L|50-90|N|||F|||20261122080000" % (
                result + 1, result, result, 50 + number % 40, result))
    return ("\r".join(lines) + "\r").encode()


TESTS = [("718-7", "Haemoglobin", "g/L", 130, 180), ("2951-2", "Sodium", "mmol/L", 133, 146),
         ("2823-3", "Potassium", "mmol/L", 3, 5), ("2160-0", "Creatinine", "umol/L", 59, 104)]


def bundle(size):
    """A bundle of at least so many bytes, piece by piece: people, each with reports and their results."""
    rng = random.Random(4)
    yield b'{\n "resourceType": "Bundle",\n "type": "collection",\n "entry": [\n'
    written = count = 0

    def entry(resource):
        nonlocal written
        body = json.dumps({"fullUrl": "urn:uuid:" + resource["id"], "resource": resource}, indent=1).encode()
        body = (b",\n" if written else b"") + body
        written += len(body)
        return body

    def name():
        return str(uuid.UUID(int=rng.getrandbits(128), version=4))
    while written < size:
        person = name()
        count += 1
        yield entry({"resourceType": "Patient", "id": person, "gender": "female", "birthDate": "1951-03-03",
                     "identifier": [{"system": "https://north.example/mrn", "value": str(1000000 + count)}],
                     "name": [{"family": "Invented", "given": ["Ann%d" % count]}]})
        subject = {"reference": "urn:uuid:" + person}
        for group in range(6):
            when = "2026-%02d-%02dT08:%02d:00Z" % (rng.randint(1, 11), rng.randint(1, 28), group)
            results = []
            for code, words, unit, low, high in TESTS:
                results.append(name())
                yield entry({
                    "resourceType": "Observation", "id": results[-1], "status": "final", "subject": subject,
                    "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category",
                                              "code": "laboratory", "display": "Laboratory"}]}],
                    "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": words}], "text": words},
                    "effectiveDateTime": when, "issued": when,
                    "valueQuantity": {"value": rng.randint(low, high), "unit": unit,
                                      "system": "http://unitsofmeasure.org", "code": unit},
                    "referenceRange": [{"low": {"value": low, "unit": unit}, "high": {"value": high, "unit": unit}}]})
            yield entry({
                "resourceType": "DiagnosticReport", "id": name(), "status": "final", "subject": subject,
                "code": {"coding": [{"system": "http://loinc.org", "code": "24323-8", "display": "Metabolic panel"}]},
                "effectiveDateTime": when, "issued": when,
                "result": [{"reference": "urn:uuid:" + result} for result in results]})
            # A result that no report names: an entry by itself.
            yield entry({
                "resourceType": "Observation", "id": name(), "status": "final", "subject": subject,
                "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]},
                "effectiveDateTime": when,
                "valueQuantity": {"value": rng.randint(50, 110), "unit": "beats/minute",
                                  "system": "http://unitsofmeasure.org", "code": "/min"}})
    yield b"\n ]\n}\n"


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("portal")
    ask.add_argument("--mb", type=int, default=64, help="how large the batch is")
    ask.add_argument("--bundle", type=int, default=8, help="how large the bundle is, in MB")
    ask.add_argument("--release", action="store_true", help="PORTAL is a release build")
    a = ask.parse_args()
    work = tempfile.mkdtemp(prefix="portal-large-")
    passed = failed = 0

    def check(holds, *words):
        nonlocal passed, failed
        passed, failed = passed + bool(holds), failed + (not holds)
        if not holds:
            print("FAILED:", *words)
    try:
        for folder in ("lab", "fhir"):
            os.mkdir(os.path.join(work, folder))
        with open(os.path.join(work, "profile.yaml"), "w") as file:
            file.write(PROFILE)
        count = size = longest = 0
        with open(os.path.join(work, "lab", "batch.hl7"), "wb") as file:
            file.write(b"BHS|^~\\&|LIMS\r")
            while size < a.mb * 1_000_000:
                data = message(count)
                count, size, longest = count + 1, size + len(data), max(longest, len(data))
                file.write(data)
            file.write(b"BTS|%d\r" % count)
        status, out, err, seconds, peak = Run(a.portal, work).measured(
            "import", "--store", os.path.join(work, "store"), "--profile", os.path.join(work, "profile.yaml"), "--json")
        check(status == 0, "import ends with", status, err[-300:])
        if status == 0:
            row = [row for row in json.loads(out) if row["silo"] == "lab"][0]
            check(row["received"] == row["filed"] == count, row, "of", count)
            limit = (64 if a.release else 96) * 1_000_000 + 2.5 * longest
            print("%d MB, %d messages: %.0f s, peak %.0f MB" % (a.mb, count, seconds, peak / 1e6))
            check(peak <= limit, "peak of %.0f MB is over %.0f MB" % (peak / 1e6, limit / 1e6))
        os.remove(os.path.join(work, "lab", "batch.hl7"))
        path = os.path.join(work, "fhir", "bundle.json")
        with open(path, "wb") as file:
            for piece in bundle(a.bundle * 1_000_000):
                file.write(piece)
        size = os.path.getsize(path)
        limit = (64 if a.release else 96) * 1_000_000 + 2.5 * size
        runs = [("inspect", "--json", path), ("import", "--store", os.path.join(work, "other"), "--profile",
                                              os.path.join(work, "profile.yaml"), "--json")]
        for arguments in runs:
            status, out, err, seconds, peak = Run(a.portal, work).measured(*arguments)
            check(status == 0, arguments[0], "ends with", status, err[-300:])
            if status:
                continue
            answer = json.loads(out)
            if arguments[0] == "inspect":
                check(answer["mapped"] + answer["ignored"] + answer["unmapped"] == size, answer, "of", size)
            else:
                check([row["filed"] for row in answer if row["silo"] == "fhir"] == [1], answer)
            print("bundle of %.0f MB, %s: %.1f s, peak %.0f MB, %.2f of its size" % (
                size / 1e6, arguments[0], seconds, peak / 1e6, peak / size))
            check(peak <= limit, arguments[0], "peak of %.0f MB is over %.0f MB" % (peak / 1e6, limit / 1e6))
    finally:
        shutil.rmtree(work)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


sys.exit(main())
