#!/usr/bin/env python3
"""Kills an import at random moments and imports again: the store must hold what one clean import gives (P10).

    kill_import.py PORTAL PROFILE [SILO=FOLDER ...] [--times 50] [--seed 1] [--files 480]

Without SILO=FOLDER an invented board is made from the seed: so many files of admissions, transfers, discharges,
merges, results, corrections, batches, repeats and broken messages, in folders that are each a few commits.

After each kill, before anything else is done: the database is sound, and each append-only table holds nothing that the
clean import does not hold. Every fifth time the second import is killed as well. Then, after an import to the end:
all tables that are no cache are row for row those of the clean import, the conservation table holds, and
`patients --json` and `timeline --json` answer the same for several people. Prints "N passed, N failed" as the closing
line; exit status 1 where any failed, or where fewer than half of the kills fell in the middle of the import.
"""
import argparse, json, os, random, shutil, signal, sqlite3, subprocess, sys, tempfile, time

APPEND_ONLY = ["document", "delivery", "receipt", "filed", "held", "entry", "assertion", "assertion_key"]
TABLES = APPEND_ONLY + ["source_patient", "candidate", "cluster"]
MOMENT = "2026-11-22T02:10Z"
READERS = ["dr.bruce", "nurse.kaur", "ann.lee"]
NUMBERS = ["9990000018", "9990000026", "9990000034", "9990000042", "9990000050", "9990000069", "9990000077", "9990000085"]


# ---------------------------------------------------------------- an invented board

PEOPLE = [("LEE", "Ann", "19510303", "F"), ("O\u2019NEILL-FERGUSON", "Rob\u00e9rt", "1948", "M"),
          ("MURRAY", "Eve", "19900704", "F"), ("MURRAY", "Eva", "19900704", "F"), ("BRUCE", "Morag", "19680121", "F"),
          ("STEWART", "Samuel", "19391109", "M"), ("DOUGLAS", "Peter", "19770530", "M"), ("KERR", "Isla", "20110217", "F")]
TESTS = [("HB", "Haemoglobin", "g/L"), ("PLT", "Platelets", "10*9/L"), ("K", "Potassium", "mmol/L"),
         ("CRP", "C-reactive protein", "mg/L")]


def message(kind, number, time, segments):
    head = "MSH|^~\\&|PAS|GRI|||%s||%s|%s|P|2.5.1||||||UNICODE UTF-8" % (time, kind, number)
    return ("\r".join([head] + segments) + "\r").encode("utf-8")


def board(folder, seed, count):
    """Writes the folders; returns the SILO=FOLDER arguments."""
    chance = random.Random(seed)
    files, control = [], 0
    for index in range(count):
        control += 1
        who = chance.randrange(len(PEOPLE))
        family, given, born, sex = PEOPLE[who]
        local = 100001 + who + (100 if chance.random() < 0.15 else 0)
        day = "202611%02d" % chance.randint(1, 21)
        stamp = day + "%02d%02d" % (chance.randint(0, 23), chance.randint(0, 59))
        ids = "%d^^^GRI^PI" % local
        if chance.random() < 0.8:
            ids = NUMBERS[who] + "^^^NHS^NH~" + ids
        pid = "PID|1||%s||%s^%s||%s|%s" % (ids, family, given, born, sex)
        what = chance.random()
        if what < 0.35:
            event = chance.choice(["A01", "A02", "A03", "A04", "A08"])
            pv1 = "PV1|1|I|%s^%d^1^GRI||||C1234567^BRUCE^Morag|||110|||||||||V%d^^^GRI||||||||||||||||||||||||||%s" % (
                chance.choice(["WARD7", "WARD9", "ED"]), chance.randint(1, 9), who * 10 + chance.randint(0, 3), stamp)
            body = message("ADT^" + event, "A%d" % control, stamp, ["EVN|%s|%s" % (event, stamp), pid, pv1])
            silo = "attendances"
        elif what < 0.40:
            body = message("ADT^A40^ADT_A39", "M%d" % control, stamp, [
                "EVN|A40|" + stamp, "PID|1||%d^^^GRI^PI||%s^%s||%s|%s" % (100001 + who, family, given, born, sex),
                "MRG|%d^^^GRI^PI" % (100101 + who)])
            silo = "attendances"
        elif what < 0.44:
            body = message("ADT^A01", "B%d" % control, stamp, ["EVN|A01|" + stamp, pid])  # its PV1 is lost: held
            silo = "attendances"
        elif what < 0.46:
            body, silo = b"no message at all %d\n" % control, "laboratory"
        else:
            silo = "laboratory"
            accession = chance.randint(1, 60)
            status = chance.choice("PFFFC")
            segments = [pid, "OBR|1||26B%d^LAB|FBC^Full blood count^L|||%s|||||||||||||||%s|||%s" % (
                accession, day, stamp, status)]
            for line, (code, words, unit) in enumerate(chance.sample(TESTS, chance.randint(1, 4)), 1):
                segments.append("OBX|%d|NM|%s^%s^L||%d.%d|%s|||||%s" % (
                    line, code, words, chance.randint(1, 200), chance.randint(0, 9), unit, status))
            body = message("ORU^R01", "L%d" % control, stamp, segments)
            if what > 0.94:
                second = message("ORU^R01", "L%dB" % control, stamp, [pid, "OBR|1||26X%d^LAB|K^Potassium^L|||%s" % (
                    control, day), "OBX|1|NM|K^Potassium^L||4.%d|mmol/L|||||F" % chance.randint(0, 9)])
                body = b"FHS|^~\\&|LIMS\rBHS|^~\\&|LIMS\r" + body + second + b"BTS|2\rFTS|1\r"
        if chance.random() < 0.05 and files:
            body, silo = chance.choice(files)  # the same message again, under another name
        files.append((body, silo))
    sources = []
    for start in range(0, count, 12):
        for silo in ("attendances", "laboratory"):
            place = os.path.join(folder, "%s-%03d" % (silo, start // 12))
            os.makedirs(place)
            for index, (body, owner) in enumerate(files[start:start + 12], start):
                if owner == silo:
                    with open(os.path.join(place, "%04d.hl7" % index), "wb") as file:
                        file.write(body)
            sources.append(silo + "=" + place)
    return sources


# ---------------------------------------------------------------- what a store holds and answers

def contents(store):
    """Every row of every table that is no cache, in order; None where there is no database yet."""
    path = os.path.join(store, "record.sqlite")
    if not os.path.exists(path):
        return None
    db = sqlite3.connect(path)
    try:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",), "integrity_check"
        there = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        return {t: sorted(map(repr, db.execute("SELECT * FROM " + t))) if t in there else [] for t in TABLES}
    finally:
        db.close()


def questions():
    asked = [("patients", "operator", [])]
    asked += [("timeline", READERS[0], ["--patient", number]) for number in NUMBERS]
    asked += [("timeline", reader, ["--patient", NUMBERS[0]]) for reader in READERS[1:]]
    return asked + [("timeline", READERS[0], ["--patient", "urn:id:GRI|100002"])]


def answer(portal, store, question):
    """(exit status, standard output)."""
    verb, reader, more = question
    done = subprocess.run([portal, verb, "--store", store, "--as", reader, "--now", MOMENT, "--json", *more],
                          capture_output=True)
    return done.returncode, done.stdout


def differences(want, got):
    return [key for key in want if want[key] != (got or {}).get(key)]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("portal")
    p.add_argument("profile")
    p.add_argument("sources", nargs="*", metavar="SILO=FOLDER")
    p.add_argument("--times", type=int, default=50)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--files", type=int, default=240)
    a = p.parse_args()
    work = tempfile.mkdtemp(prefix="kill-import-")
    chance = random.Random(a.seed)
    passed = failed = middle = kills = 0
    moments = set()

    def check(good, *words):
        nonlocal passed, failed
        passed, failed = passed + bool(good), failed + (not good)
        if not good:
            print("FAILED:", *words, "- seed", a.seed, file=sys.stderr)
    try:
        sources = a.sources or board(os.path.join(work, "board"), a.seed, a.files)

        def command(store):
            return [a.portal, "import", "--store", store, "--profile", a.profile, "--received", MOMENT, "--json", *sources]

        def whole(store):
            done = subprocess.run(command(store), capture_output=True)
            rows = json.loads(done.stdout) if done.returncode == 0 else []
            adds = all(r["received"] == r["filed"] + r["repeated"] + r["held"] + r["rejected"] for r in rows)
            return done.returncode == 0 and rows and adds, sum(r["received"] for r in rows)
        clean = os.path.join(work, "clean")
        start = time.monotonic()
        good, received = whole(clean)
        length = time.monotonic() - start
        check(good, "the clean import fails or does not add up")
        want, said = contents(clean), [(q, answer(a.portal, clean, q)) for q in questions()]
        check(len(want["receipt"]) == received, "receipts", len(want["receipt"]), "received", received)
        readable = [question for question, (status, _) in said if status == 0]
        check(len(readable) >= 3, "too few people can be read to compare:", readable)
        store = os.path.join(work, "killed")
        for number in range(a.times):
            shutil.rmtree(store, ignore_errors=True)
            for _ in range(2 if number % 5 == 4 else 1):
                child = subprocess.Popen(command(store), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(chance.random() * length)
                if child.poll() is None:
                    os.kill(child.pid, signal.SIGKILL)
                    kills += 1
                child.wait()
            try:
                part = contents(store)
            except Exception as error:
                check(False, "kill", number, "leaves a store that cannot be read:", error)
                continue
            if part is not None:
                done = len(part["receipt"])
                moments.add(done)
                middle += 0 < done < received
                surplus = [t for t in APPEND_ONLY if set(part[t]) - set(want[t])]
                check(not surplus, "kill", number, "leaves rows that a clean import does not have in", surplus)
            check(whole(store)[0], "kill", number, "the import after it fails or does not add up")
            differ = differences(want, contents(store))
            check(not differ, "kill", number, "tables differ:", differ)
            # The list of people each fourth time, and three others in turn: all of them several times in a run.
            turn = [said[0]] * (number % 4 == 0) + [said[1 + (3 * number + n) % (len(said) - 1)] for n in range(3)]
            differ = [q for q, before in turn if answer(a.portal, store, q) != before]
            check(not differ, "kill", number, "answers differ:", differ)
        enough = 2 * middle >= a.times
        check(enough, "only", middle, "of", a.times, "kills fell in the middle of the import")
        print(received, "messages; clean import %.2f s;" % length, kills, "kills,", middle, "runs cut in the middle, at",
              len(moments), "different numbers of messages;", len(readable), "of", len(said), "questions answered")
        print("%d passed, %d failed" % (passed, failed))
        return 1 if failed else 0
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
