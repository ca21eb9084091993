#!/usr/bin/env python3
"""Gives `portal inspect` and `portal import` bad input (P1, SAFETY S25).

    bad_input.py PORTAL [--profile FILE] [--big-mb 100] [--segments 1000000] [--release] [--keep FOLDER]

Every message ends as adapted, held or rejected, with a code and a place; the run goes on, so that the good messages
beside the bad ones are filed; received = filed + repeated + held + rejected; each file comes back byte for byte by
`portal document`; no process ends by a signal. The big ones stay within 8 x input + 64 MB of memory (64 x below 4 MB) and, with a release
build (--release), 1 s/MB of processor time; a debug build is given four times as long. Of several shapes of message,
twice as much takes at most two and a half times as long. Prints "N passed, N failed" as the closing line.
"""
import argparse, hashlib, json, os, shutil, sqlite3, subprocess, sys, tempfile, time

MOMENT = "2026-11-22T02:10Z"
PROFILE = "silos:\n  all: {label: Everything, zone: Europe/London}\n"

MSH = "MSH|^~\\&|LIMS|LAB|||20261120||%s|%s|P|2.5.1"
PID = "PID|1||9990000018^^^NHS^NH~100001^^^GRI^PI||LEE^Ann||19510303|F"
ORU = "\r".join([MSH % ("ORU^R01", "T1"), PID, "OBR|1||26B1^LAB|FBC^Full blood count^L|||20261119|||||||||||||||20261120|||F",
                 "OBX|1|NM|HB^Haemoglobin^L||69|g/L|115-160|L|||F", "OBX|2|NM|K^Potassium^L||4.1|mmol/L|||||F", "NTE|1||seen", ""])
ADT = "\r".join([MSH % ("ADT^A01", "T2"), "EVN|A01|20261120", PID,
                 "PV1|1|I|WARD7^1^1^GRI||||C1234567^BRUCE^Morag||||||||||||V1^^^GRI|||||||||||||||||||||||||20261120",
                 "AL1|1|DA|PEN^Penicillin^L", ""])


def oru(control, extra="", charset=b"", value=b"69", family=b"LEE"):
    head = (MSH % ("ORU^R01", control)).encode() + (b"||||||" + charset if charset else b"")
    return b"\r".join([head, b"PID|1||9990000018^^^NHS^NH||" + family + b"^Ann||19510303|F",
                       b"OBR|1||%s^LAB|FBC^Full blood count^L" % control.encode(),
                       b"OBX|1|ST|HB^Haemoglobin^L||" + value + b"||||||F", extra.encode() if extra else b""])


# ---------------------------------------------------------------- the bad input

def small_cases():
    """(name, bytes, what must come of it): adapted, held, rejected, unread (not adapted), or any."""
    yield "empty", b"", "rejected"
    yield "blank", b"\r\n \r\n", "rejected"
    yield "only-nul", b"\x00" * 1000, "rejected"
    yield "no-hl7", b"Dear Dr Bruce,\r\nthe result is enclosed.\r\n", "rejected"
    yield "name-only", b"MSH", "unread"
    yield "nul-in-value", oru("N1", value=b"6\x009"), "adapted"
    yield "nul-between-segments", oru("N2").replace(b"\rOBX", b"\r\x00OBX"), "any"
    yield "nul-at-end", oru("N3") + b"\x00\x00", "any"
    yield "nul-first", b"\x00" + oru("N4"), "any"
    # Character sets: what is declared and what is sent.
    name = "O\u2019NEILL-FERGUS\u00d3N"
    yield "latin1-declared-utf8", oru("C1", charset=b"UNICODE UTF-8", family="FERGUS\u00d3N".encode("latin-1")), "adapted"
    yield "cp1252-declared-utf8", oru("C2", charset=b"UNICODE UTF-8", family=name.encode("cp1252")), "adapted"
    yield "utf8-declared-latin1", oru("C3", charset=b"8859/1", family=name.encode("utf-8")), "adapted"
    yield "utf8-declared-ascii", oru("C4", charset=b"ASCII", family=name.encode("utf-8")), "adapted"
    yield "utf8-undeclared", oru("C5", family=name.encode("utf-8")), "adapted"
    yield "charset-unknown", oru("C6", charset=b"KLINGON", family=name.encode("utf-8")), "adapted"
    yield "overlong-utf8", oru("C7", charset=b"UNICODE UTF-8", family=b"L\xc0\xafE\xe0\x80\xaf\xf0\x80\x80\xaf"), "adapted"
    yield "lone-surrogates", oru("C8", charset=b"UNICODE UTF-8", family=b"L\xed\xa0\x80E\xed\xbf\xbfE"), "adapted"
    yield "beyond-unicode", oru("C9", charset=b"UNICODE UTF-8", family=b"L\xf4\x90\x80\x80\xff\xfe\xf8\x88\x80\x80\x80"), "adapted"
    yield "utf8-cut-inside", oru("C10", charset=b"UNICODE UTF-8", family=b"LEE\xe2\x82"), "adapted"
    yield "escaped-surrogate", oru("C11", value=b"\\XD800\\\\X00D8\\\\X00D800\\\\X\\\\XZZ\\\\X1\\"), "adapted"
    yield "escape-open", oru("C12", value=b"\\F\\S\\\\\\E\\\\.sp99999999999999999999\\\\.sp-1\\\\"), "adapted"
    yield "bom", b"\xef\xbb\xbf" + oru("C13", family=name.encode("utf-8")), "adapted"
    yield "bom-in-middle", oru("C14", value=b"6\xef\xbb\xbf9"), "adapted"
    for order, encoding in (("le", "utf-16-le"), ("be", "utf-16-be")):
        yield "utf16-" + order, oru("C15").decode().encode(encoding), "unread"
        yield "utf16-bom-" + order, ("\ufeff" + oru("C16").decode()).encode(encoding), "unread"
    yield "utf32", oru("C17").decode().encode("utf-32"), "unread"
    # Line ends.
    for label, end in (("lf", b"\n"), ("crlf", b"\r\n"), ("crcrlf", b"\r\r\n"), ("lfcr", b"\n\r")):
        yield "ends-" + label, oru("E-" + label).replace(b"\r", end), "adapted"
    ends = [b"\r", b"\n", b"\r\n", b"\n\n", b"\r\r"]
    parts = ORU.encode().split(b"\r")
    yield "ends-mixed", b"".join(part + ends[n % 5] for n, part in enumerate(parts)), "adapted"
    yield "ends-none", ORU.encode().replace(b"\r", b" "), "unread"
    yield "line-broken-in-value", oru("E1", value=b"first\nsecond\r\nthird"), "adapted"
    # MLLP.
    block, end = b"\x0b", b"\x1c\r"
    yield "mllp", block + oru("M1") + end, "adapted"
    yield "mllp-two", block + oru("M2") + end + block + oru("M3") + end, "adapted"
    yield "mllp-start-twice", block + block + oru("M4") + end, "adapted"
    yield "mllp-end-twice", block + oru("M5") + end + end, "adapted"
    yield "mllp-no-end", block + oru("M6"), "held"
    yield "mllp-no-start", oru("M7") + end, "adapted"
    yield "mllp-no-end-then-next", block + oru("M8") + block + oru("M9") + end, "held"
    yield "mllp-end-in-value", block + oru("M10", value=b"6\x1c9") + end, "adapted"
    yield "mllp-start-in-value", block + oru("M11", value=b"6\x0b9") + end, "adapted"
    yield "mllp-empty", block + end, "rejected"
    yield "mllp-only-start", block, "rejected"
    # Batches.
    two = oru("B1") + oru("B2")
    for label, head, tail in (("right", "BHS|^~\\&\r", "BTS|2\r"), ("too-many", "BHS|^~\\&\r", "BTS|3\r"),
                              ("too-few", "BHS|^~\\&\r", "BTS|1\r"), ("no-trailer", "BHS|^~\\&\r", ""),
                              ("no-header", "", "BTS|2\r"), ("huge", "BHS|^~\\&\r", "BTS|" + "9" * 400 + "\r"),
                              ("minus", "BHS|^~\\&\r", "BTS|-2\r"), ("words", "BHS|^~\\&\r", "BTS|two\r"),
                              ("file", "FHS|^~\\&\rBHS|^~\\&\r", "BTS|2\rFTS|9\r"), ("twice", "BHS|^~\\&\rBHS|^~\\&\r", "BTS|2\rBTS|2\r")):
        yield "batch-" + label, head.encode() + two.replace(b"B1", b"B1" + label[:2].encode()) + tail.encode(), "adapted"
    yield "batch-empty", b"BHS|^~\\&\rBTS|0\r", "rejected"
    yield "batch-other-marks", b"BHS!@~\\&!X\r" + oru("B9") + b"BTS!1\r", "adapted"
    # Structure.
    yield "many-fields", oru("S1", value=b"1" + b"|" * 100_000), "held"
    yield "many-components", oru("S2", value=b"1" + b"^" * 100_000), "adapted"
    yield "many-repetitions", oru("S3", value=b"1" + b"~1" * 50_000), "adapted"
    yield "many-escapes", oru("S4", value=b"\\E\\" * 100_000), "adapted"
    yield "many-open-escapes", oru("S5", value=b"\\" * 100_000), "adapted"
    yield "many-headers", b"MSH|^~\\&\r" * 2_000, "held"
    yield "many-blocks", b"\x0b\x1c\r" * 50_000, "rejected"
    yield "pid-only", (MSH % ("ORU^R01", "S6")).encode() + b"\rPID\r", "held"
    yield "empty-segments", oru("S7") + b"OBX\rOBX|\rOBR\rNTE\r", "adapted"
    yield "numbers-absurd", oru("S8").replace(b"|ST|", b"|NM|").replace(b"||69|", b"||" + b"9" * 5000 + b"e999999|"), "adapted"
    yield "dates-absurd", oru("S9").replace(b"19510303", b"99999999999999.999999999999+9999"), "adapted"
    yield "nested-nulls", oru("S10").replace(b"LEE^Ann", b'""^""').replace(b"|69|", b'|""|'), "adapted"


def delimiter_cases():
    """Every byte as MSH-1, and every byte in each place of MSH-2."""
    good = ORU.encode()
    for byte in range(256):
        one = bytes([byte])
        yield "msh1-%02x" % byte, good.replace(b"|", one), "any"
        yield "msh1-only-%02x" % byte, b"MSH" + one + good[4:], "any"
        for place in range(4):
            yield "msh2-%d-%02x" % (place + 1, byte), good[:4 + place] + one + good[5 + place:], "any"


def truncated_cases():
    for name, text in (("oru", ORU), ("adt", ADT)):
        whole = text.encode()
        for cut in range(len(whole)):
            yield "%s-cut-%04d" % (name, cut), whole[:cut], "any"


# ---------------------------------------------------------------- running it

MEASURE = """
import os, sys
child = os.fork()
if child == 0:
    os.dup2(os.open(sys.argv[1], os.O_WRONLY), 1)
    os.execv(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
"""


def pace():
    """How slow this machine is beside the one that the time limits were set on, where the loop took 0.13 s; never under 1.

    Without it a slower machine fails what has not changed.
    """
    def loop():
        start = time.process_time()
        text, total = b"HB^Haemoglobin^L|69|g/L" * 4, 0
        for number in range(400_000):
            total += len(text.split(b"|")) + hash(text[number % 40:])
        return time.process_time() - start
    return max(1.0, min(loop() for _ in range(3)) / 0.13)


class Run:
    """Files of one kind, given to the program: their suffix, and the good file of a label that goes beside them.

    Of an index, files come along: its document is named by the hashes of all (composite).
    """

    def __init__(self, portal, work, suffix=".hl7", good=lambda label: oru("GOOD" + label), composite=False):
        self.portal, self.work = portal, work
        self.suffix, self.good, self.composite = suffix, good, composite
        self.adapter, self.strict = "", False
        self.passed = self.failed = 0

    def check(self, good, *words):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        if not good:
            print("FAILED:", *words, file=sys.stderr)
        return good

    def run(self, *arguments):
        """(exit status, standard output, standard error) of one process."""
        done = subprocess.run([self.portal, *arguments], capture_output=True)
        return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")

    def measured(self, *arguments):
        """The same with seconds of processor time and peak memory in bytes.

        A process that this one starts inherits the peak of this one, which holds the input; so a small one starts it.
        """
        with tempfile.NamedTemporaryFile() as out:
            command = [sys.executable, "-S", "-c", MEASURE, out.name, self.portal, *arguments]
            done = subprocess.run(command, capture_output=True)
            out.seek(0)
            status, seconds, peak = done.stdout.split()
            return int(status), out.read(), done.stderr.decode("utf-8", "replace"), float(seconds), int(peak)

    def asked(self):
        return ["--as", self.adapter] if self.adapter else []

    def write(self, folder, cases):
        os.makedirs(folder)
        files = {}
        for name, data, expected in cases:
            path = os.path.join(folder, name + self.suffix)
            with open(path, "wb") as file:
                file.write(data)
            files[path] = (name, data, expected)
        return files

    def inspect(self, files):
        """Checks the answers of portal inspect; {path: answer}."""
        answers, paths = {}, list(files)
        for start in range(0, len(paths), 200):
            batch = paths[start:start + 200]
            status, out, err = self.run("inspect", "--json", *self.asked(), *batch)
            lines = out.decode("utf-8").splitlines()
            self.check(status == 0 and len(lines) == len(batch), "inspect ends with", status, "after", len(lines), "of",
                       len(batch), "files from", batch[min(len(lines), len(batch) - 1)], err[-300:])
            answers.update((answer["file"], answer) for answer in map(json.loads, lines))
        for path, (name, data, expected) in files.items():
            answer = answers.get(path)
            if not self.check(answer is not None, name, "has no answer"):
                continue
            counts = answer["messages"]
            unread = counts["held"] + counts["rejected"]
            errors = [f for f in answer["findings"] if f["severity"] == "error" and f["code"] and f["location"]]
            self.check(answer["outcome"] in ("adapted", "held", "rejected") and sum(counts.values()) > 0
                       and len(errors) >= unread, name, "ends without an outcome, or without code and place:", answer)
            self.check(answer["bytes"] == len(data) == answer["mapped"] + answer["ignored"] + answer["unmapped"], name,
                       "bytes do not add up:", answer)
            fits = {"any": True, "unread": answer["outcome"] != "adapted"}.get(expected, answer["outcome"] == expected)
            self.check(fits, name, "should be", expected, "and is", answer["outcome"], answer["findings"][:3])
        return answers

    def file(self, label, folder, files, profile, answers, sample):
        """Imports a folder between two good files, and checks what became of it."""
        first, last = os.path.join(folder, "!first" + self.suffix), os.path.join(folder, "~last" + self.suffix)
        for path in (first, last):
            with open(path, "wb") as file:
                file.write(self.good(os.path.basename(path)[1:6] + label))
        store = os.path.join(self.work, "store-" + label)
        status, out, err, seconds, peak = self.measured("import", "--store", store, "--profile", profile, "--received",
                                                        MOMENT, "--json", "all=" + folder)
        if not self.check(status == 0, label, "import ends with", status, err[-300:]):
            return
        row = json.loads(out)[0]
        total = sum(sum(a["messages"].values()) for a in answers.values()) + 2
        told = err + json.dumps([a["findings"] for a in answers.values()])
        self.check("CANARY" not in told, label, "what stood in a document is told in a finding or on standard error")
        self.check(row["received"] == row["filed"] + row["repeated"] + row["held"] + row["rejected"], label,
                   "does not add up:", row)
        self.check(row["received"] == total, label, "inspect counts", total, "messages, import", row)
        db = sqlite3.connect(os.path.join(store, "record.sqlite"))
        outcomes = dict(db.execute("SELECT outcome, count(*) FROM receipt GROUP BY outcome"))
        self.check(all(outcomes.get(k, 0) == row[k] for k in ("filed", "repeated", "held", "rejected")), label,
                   "the store holds", outcomes, "and import says", row)
        ends = [db.execute("SELECT r.outcome FROM receipt r JOIN delivery d ON d.id = r.delivery WHERE d.name = ?",
                           (os.path.basename(path),)).fetchall() for path in (first, last)]
        self.check(ends == [[("filed",)], [("filed",)]], label, "the good files at both ends are not filed:", ends)
        names = {name for (name,) in db.execute("SELECT name FROM delivery")}
        missing = [name for name in map(os.path.basename, files) if name not in names]
        self.check(not missing, label, len(missing), "files have no delivery, such as", missing[:3])
        told = db.execute("SELECT count(*) FROM held WHERE code = '' OR location = '' OR remedy = ''").fetchone()[0]
        self.check(told == 0, label, told, "held messages have no code, place or remedy")
        # Every file from the parts that the store keeps: the bytes of all, and some through the program.
        kept = {bytes(h): bytes(b) for h, b in db.execute("SELECT hash, bytes FROM document")}
        self.check(self.composite or all(hashlib.sha256(b).digest() == h for h, b in kept.items()), label,
                   "a document is not its hash")
        self.check(not any(b"SECRETCANARY" in b for b in kept.values()), label, "a file from outside the folder is kept")
        lost = []
        for name, parts in db.execute("SELECT name, parts FROM delivery"):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                data = file.read()
            if b"".join(kept.get(bytes.fromhex(part), b"") for part in json.loads(parts)) != data:
                lost.append(name)
        db.close()
        self.check(not lost, label, len(lost), "files are not byte for byte in the store, such as", lost[:3])
        for path in sample:
            data = files[path][1]
            status, out, err = self.run("document", "--store", store, "--now", MOMENT,
                                                   hashlib.sha256(data).hexdigest())
            self.check(status == 0 and out == data, label, os.path.basename(path), "does not come back: exit", status,
                       len(out), "bytes of", len(data), err[-200:])
        status, out, err = self.run("held", "--store", store, "--now", MOMENT, "--json")
        self.check(status == 0 and json.loads(out) is not None, label, "held cannot be listed", status, err[-200:])
        if store.startswith(self.work):
            shutil.rmtree(store)
        return seconds, peak

    def doubling(self, name, count, profile):
        """Importing twice as much takes at most two and a half times as long.

        Measured again where it does not: what else the machine does can fall on one of the two.
        """
        for _ in range(3):
            times = self.doubled_times(name, count, profile)
            print("%-22s import of %d %.2f s, of %d %.2f s (x%.1f)" % (
                name, count, times[0], 2 * count, times[1], times[1] / times[0]))
            if times[1] <= 2.5 * times[0] + 0.2:
                break
        self.check(times[1] <= 2.5 * times[0] + 0.2, name, "is not linear: %.2f s, then %.2f s for twice as many" % tuple(times))

    def doubled_times(self, name, count, profile):
        times = []
        for factor in (1, 2):
            path = os.path.join(self.work, "doubling.hl7")
            with open(path, "wb") as file:
                file.write(doubled(name, factor * count))
            store = os.path.join(self.work, "store-doubling")
            status, _, err, seconds, _ = self.measured("import", "--store", store, "--profile", profile, "--received",
                                                       MOMENT, "--json", "all=" + path)
            self.check(status == 0, name, factor * count, "import ends with", status, err[-300:])
            shutil.rmtree(store, ignore_errors=True)
            times.append(seconds)
        return times

    def big(self, name, data, profile, per_megabyte, filing=1):
        """One big file through inspect and import, measured."""
        folder = os.path.join(self.work, name)
        files = self.write(folder, [(name, data, "any")])
        path = next(iter(files))
        size, megabytes = len(data), len(data) / 1e6
        # A segment of forty bytes becomes a whole observation: of many tiny ones the memory goes with their number.
        limit = (8 if size > 4 << 20 or self.strict else 64) * size + (64 << 20)
        status, out, err, seconds, peak = self.measured("inspect", "--json", *self.asked(), path)
        if self.check(status == 0, name, "inspect ends with", status, err[-300:]):
            answer = json.loads(out)
            self.check(answer["bytes"] == size == answer["mapped"] + answer["ignored"] + answer["unmapped"], name, answer)
            print("%-22s %6.1f MB  inspect %-8s %6.2f s %5.0f MB (x%.1f)  %s" % (
                name, megabytes, answer["outcome"], seconds, peak / 1e6, peak / size,
                ",".join(sorted({f["code"] for f in answer["findings"] if f["severity"] == "error"}))))
            self.check(peak <= limit, name, "inspect takes %.0f MB, more than the limit for %.1f MB" % (peak / 1e6, megabytes))
            self.check(seconds <= per_megabyte * max(megabytes, 1), name, "inspect takes %.1f s" % seconds)
            taken = self.file(name, folder, files, profile, {path: answer}, [path])
            if taken:
                seconds, peak = taken
                print("%-22s %6.1f MB  import           %6.2f s %5.0f MB (x%.1f)" % (
                    name, megabytes, seconds, peak / 1e6, peak / size))
                self.check(peak <= limit, name, "import takes %.0f MB, more than the limit for %.1f MB" % (
                    peak / 1e6, megabytes))
                self.check(seconds <= filing * per_megabyte * max(megabytes, 1), name, "import takes %.1f s" % seconds)
        shutil.rmtree(folder)


def doubled(name, count):
    """A shape of message, made of so many parts: twice the parts should take at most twice the time, and some."""
    numbers = range(count)
    group = b"OBR|%d||26D%d^LAB|FBC^x^L\rOBX|1|ST|A||1||||||F\r"
    if name == "fields":
        return oru("D1", value=b"1" + b"|x" * count)
    if name == "values":
        return oru("D2", value=b"1" + b"~1" * count)
    if name == "identifiers":
        return oru("D3").replace(b"^^^NHS^NH", b"^^^NHS^NH" + b"".join(b"~%d^^^GRI^PI" % n for n in numbers), 1)
    if name == "names":
        return oru("D4").replace(b"LEE^Ann", b"LEE^Ann" + b"".join(b"~KERR%d^Bo" % n for n in numbers), 1)
    if name == "reports":
        return oru("D5") + b"".join(group % (n, n) for n in numbers)
    if name == "people":
        people = b"".join(b"PID|1||%d^^^GRI^PI||LEE^Ann||19510303|F\r" % (100000 + n) + group % (n, n) for n in numbers)
        return oru("D6") + people
    if name == "observations":
        return oru("D7") + b"".join(b"OBX|%d|NM|K%d^Potassium^L||4.1|mmol/L|||||F\r" % (n, n) for n in numbers)
    return b"".join(oru("D8-%d" % n) for n in numbers)


SHAPES = {"fields": 50_000, "values": 50_000, "identifiers": 20_000, "names": 10_000, "reports": 1_500, "people": 1_000,
          "observations": 5_000, "messages": 750}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("portal")
    p.add_argument("--profile", help="a site profile that names the silo `all`")
    p.add_argument("--big-mb", type=int, default=100, help="size of the field that is one file")
    p.add_argument("--segments", type=int, default=1_000_000)
    p.add_argument("--release", action="store_true", help="PORTAL is a release build: 1 s/MB")
    p.add_argument("--keep", help="work in this folder and leave it")
    a = p.parse_args()
    work = a.keep or tempfile.mkdtemp(prefix="bad-input-")
    os.makedirs(work, exist_ok=True)
    run = Run(a.portal, work)
    try:
        profile = a.profile or os.path.join(work, "profile.yaml")
        if not a.profile:
            with open(profile, "w", encoding="utf-8") as file:
                file.write(PROFILE)
        for label, cases in (("small", small_cases()), ("delimiters", delimiter_cases()), ("truncated", truncated_cases())):
            start = time.monotonic()
            files = run.write(os.path.join(work, label), cases)
            answers = run.inspect(files)
            paths = list(files)
            # What is small and of its own kind is asked for one by one; of the many, every so many.
            sample = paths if label == "small" else paths[::max(1, len(paths) // 12)]
            run.file(label, os.path.join(work, label), files, profile, answers, sample)
            print("%-22s %6d files, %.1f s" % (label, len(files), time.monotonic() - start))
        slow = (1.0 if a.release else 4.0) * pace()
        run.big("one-field", oru("BIG1", value=b"x" * (a.big_mb * 1_000_000)), profile, slow)
        run.big("field-of-escapes", oru("BIG2", value=b"\\T\\" * (a.big_mb * 10_000)), profile, slow)
        line = b"OBX|3|NM|K^Potassium^L||4.1|mmol/L|||||F\r"
        run.big("many-segments", ORU.encode() + line * a.segments, profile, slow)  # beyond the limit: held
        run.big("segments-allowed", ORU.encode() + line * 50_000, profile, slow)
        run.big("million-fields", oru("BIG3", value=b"x" + b"|x" * 1_000_000), profile, slow)
        for name, count in SHAPES.items():
            run.doubling(name, count, profile)
        print("%d passed, %d failed" % (run.passed, run.failed))
        return 1 if run.failed else 0
    finally:
        if not a.keep:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
