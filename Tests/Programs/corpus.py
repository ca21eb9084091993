#!/usr/bin/env python3
"""Reads every file of a corpus with the program portal, and asks whether each was answered, adapted and accounted for.

    corpus.py PORTAL CORPUS [--show N]

CORPUS holds MANIFEST.tsv, whose columns `path` and `format` name the files.

1. Every file, whatever it is, has an answer with exit status 0 within the limits of time and memory, and mapped +
   ignored + unmapped == bytes == the file's size.
2. Of the messages that an independent reader (corpus_readers.py) accepts as a clinical message of the table of DESIGN
   section 3, 99 % of each format are adapted; what is not stands in corpus_exceptions.tsv with its reason.
3. The share unmapped / (mapped + unmapped) of each type is printed, and is under 10 % for the ten commonest of each format.

A file of several messages is split by the independent reader, and each is read alone. Prints a table, then "N passed,
N failed" as the closing line.
"""
import argparse, collections, csv, json, os, subprocess, sys, tempfile, time

import corpus_readers as readers
import corpus_values
from corpus_values import Tally, read_table

PROMISED = ("hl7v2", "edifact", "fhir-r4", "cda", "xds")  # what lies beside them is read too, and promised nothing
BATCH = 40
SECONDS_MAX = 60          # of a batch; a debug build on a shared machine
MEMORY_MAX = 512 << 20    # peak resident bytes of a batch


class Message:
    """One message of the corpus: whose it is, what the independent reader says of it, and the file to read."""

    def __init__(self, format, path, number, type_, reason, file):
        self.format, self.path, self.number, self.type = format, path, number, type_
        self.reason, self.file = reason, file
        self.answer = None


def inspect(portal, files, tally, names):
    """{file: answer} of one run of portal inspect, within the limits."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([portal, "inspect", "--json", *files], stdout=out, stderr=subprocess.DEVNULL)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - start > SECONDS_MAX:
                process.kill()
                pid, status, usage = os.wait4(process.pid, 0)
                break
            time.sleep(0.005)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        lines = out.read().decode("utf-8").splitlines()
    seconds, memory = time.monotonic() - start, usage.ru_maxrss << 10
    good = process.returncode == 0 and len(lines) == len(files) and seconds <= SECONDS_MAX and memory <= MEMORY_MAX
    if not good and len(files) > 1:
        # Which file it was: each alone.
        found = {}
        for file, name in zip(files, names):
            found.update(inspect(portal, [file], tally, [name])[0])
        return found, seconds, memory
    tally.check(good, names[0], "exit status", process.returncode, "after %.1f s," % seconds, memory >> 20, "MiB,",
                len(lines), "answers")
    return {answer["file"]: answer for answer in map(json.loads, lines)}, seconds, memory


def split(format, path, file, folder):
    """The messages of a file, as the independent reader finds them."""
    with open(file, "rb") as opened:
        data = opened.read()
    if format == "hl7v2":
        found = [(corpus_values.Reading(m), m) for m in corpus_values.messages(data)]
        parts = [(*readers.hl7v2(reading), raw) for reading, raw in found]
    elif format == "edifact":
        parts = [(*readers.edifact(m), m.bytes) for m in readers.edifact_messages(data)]
    else:
        if format == "fhir-r4":
            isXML = data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
            verdict = readers.fhir_xml(readers.tree(data)) if isXML else readers.fhir_json(file)
        elif format in ("cda", "xds"):
            verdict = getattr(readers, format)(readers.tree(data))
        else:
            verdict = "any", "of no format that is promised"
        parts = [(*verdict, None)]
    messages = []
    for number, (type_, reason, raw) in enumerate(parts, 1):
        alone = file
        if len(parts) > 1:
            alone = os.path.join(folder, "%06d-%d" % (len(os.listdir(folder)), number))
            with open(alone, "wb") as opened:
                opened.write(raw)
        messages.append(Message(format, path, number, type_, reason, alone))
    return messages


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portal")
    parser.add_argument("corpus")
    parser.add_argument("--show", type=int, default=40, help="how many failures to print")
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--table", default=os.path.join(here, "corpus_exceptions.tsv"))
    a = parser.parse_args()
    tally = Tally(a.show)
    manifest = os.path.join(a.corpus, "MANIFEST.tsv")
    missing = "no corpus at " + a.corpus if not os.path.exists(manifest) else \
        "the Python package hl7 or lxml is not installed" if corpus_values.hl7 is None or readers.etree is None else None
    if missing:
        print("SKIPPED, LOUDLY:", missing, "- nothing was read", file=sys.stderr)
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with open(manifest, newline="", encoding="utf-8") as file:
        rows = [(r["path"], r["format"]) for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        return run(a, tally, rows, folder)


def read_all(portal, files, tally):
    answers, slowest, largest = {}, 0, 0
    for start in range(0, len(files), BATCH):
        batch = files[start:start + BATCH]
        found, seconds, memory = inspect(portal, [f for f, _ in batch], tally, [n for _, n in batch])
        answers.update(found)
        slowest, largest = max(slowest, seconds), max(largest, memory)
    return answers, slowest, largest


def run(a, tally, rows, folder):
    where = {path: os.path.join(a.corpus, path) for path, _ in rows}
    answers, slowest, largest = read_all(a.portal, [(where[p], p) for p, _ in rows], tally)
    for path, _ in rows:
        answer, size = answers.get(where[path]), os.path.getsize(where[path])
        tally.check(answer is not None and answer["bytes"] == size
                    and answer["mapped"] + answer["ignored"] + answer["unmapped"] == size
                    and sum(answer["messages"].values()) > 0
                    and (answer["outcome"] == "adapted" or bool(answer["findings"])), path, "answers:", answer)
    messages = [m for path, format in rows for m in split(format, path, where[path], folder)]
    apart = [(m.file, m.path) for m in messages if m.file not in answers]
    more, seconds, memory = read_all(a.portal, apart, tally)
    answers.update(more)
    for message in messages:
        message.answer = answers.get(message.file)
    print("%d files and %d messages apart; the slowest batch of %d took %.1f s, the largest %d MiB"
          % (len(rows), len(apart), BATCH, max(slowest, seconds), max(largest, memory) >> 20))
    table = read_table(a.table)
    shares(messages, table, tally)
    accepted(messages, table, tally)
    known = {(m.path, m.number) for m in messages}
    for path, number in table:
        tally.check((path, number) in known, path, number, "stands in the table, and is no message of the corpus")
    return corpus_values.finish(tally)


def shares(messages, table, tally):
    """The table of what was mapped, by format and type; what is adapted in part for a stated reason is named instead."""
    kinds = collections.defaultdict(lambda: [0, 0, 0, 0, 0])
    for message in messages:
        line, answer = kinds[message.format, message.type], message.answer or {}
        line[0] += 1
        if answer.get("outcome") != "adapted":
            line[2] += 1
            continue
        line[1] += 1
        if (message.path, message.number) in table:
            print("adapted in part: %s, message %d (%d bytes unmapped): %s" % (
                message.path, message.number, answer["unmapped"], table[message.path, message.number]))
            continue
        line[3] += answer["mapped"]
        line[4] += answer["unmapped"]
    print("format    files adapted  held  unmapped  type")
    for format in sorted({format for format, _ in kinds}):
        mine = sorted((item for item in kinds.items() if item[0][0] == format),
                      key=lambda item: (-item[1][1], -item[1][0], item[0]))
        for place, ((_, type_), (files, adapted, held, mapped, unmapped)) in enumerate(mine):
            share = "%6.1f %%" % (100 * unmapped / (mapped + unmapped)) if mapped + unmapped else "       -"
            print("%-9s %5d %7d %5d  %s  %s" % (format, files, adapted, held, share, type_))
            if place < 10 and adapted and format in PROMISED:
                tally.check(10 * unmapped < mapped + unmapped, format, type_, "has", share, "of its value bytes unmapped")


def accepted(messages, table, tally):
    """99 % of what an independent reader accepts is adapted, and the rest has a reason that stands in the table."""
    for format in PROMISED:
        mine = [m for m in messages if m.format == format]
        wanted = [m for m in mine if m.reason is None]
        adapted = [m for m in wanted if m.answer and m.answer["outcome"] == "adapted"]
        print("%s: %d of %d messages are accepted by the independent reader, %d of these adapted"
              % (format, len(wanted), len(mine), len(adapted)))
        tally.check(100 * len(adapted) >= 99 * len(wanted), format, "has under 99 % adapted")
        for reason, count in sorted(collections.Counter(m.reason for m in mine if m.reason).items()):
            print("  not accepted: %5d  %s" % (count, reason))
        for message in wanted:
            if message in adapted:
                continue
            reason = table.get((message.path, message.number))
            print("  exception: %s, message %d: %s" % (message.path, message.number, reason))
            codes = [f["code"] for f in (message.answer or {}).get("findings", [])][-3:]
            tally.check(reason is not None, message.path, "message", message.number,
                        "is accepted, not adapted, and has no reason in the table:", codes)


if __name__ == "__main__":
    sys.exit(main())
