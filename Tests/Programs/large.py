#!/usr/bin/env python3
"""A batch far larger than memory allows: imported slice by slice, every message counted, little memory taken.

    large.py PORTAL [--mb 64]

Writes a batch of invented results, imports it with the program and measures the process: its peak memory must stay under 64 MB
and two and a half times the longest message, whatever the batch's size (in a debug build, 96 MB). Prints "N passed, N failed".
"""
import argparse, json, os, shutil, sys, tempfile

from bad_input import Run

PROFILE = """
silos:
  lab: {label: Results, path: lab, zone: Europe/London}
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


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("portal")
    ask.add_argument("--mb", type=int, default=64, help="how large the batch is")
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
        os.mkdir(os.path.join(work, "lab"))
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
            row = json.loads(out)[0]
            check(row["received"] == row["filed"] == count, row, "of", count)
            limit = (64 if a.release else 96) * 1_000_000 + 2.5 * longest
            print("%d MB, %d messages: %.0f s, peak %.0f MB" % (a.mb, count, seconds, peak / 1e6))
            check(peak <= limit, "peak of %.0f MB is over %.0f MB" % (peak / 1e6, limit / 1e6))
    finally:
        shutil.rmtree(work)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


sys.exit(main())
