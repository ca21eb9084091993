#!/usr/bin/env python3
"""The audit under attack: a log of 256 events is altered in every way, and two verifiers are asked, ours and Python's.

    audit.py PORTAL [--release] [--all]

Every event (without --all every fourth, of a debug build every sixteenth) has a bit flipped, is removed, exchanged with the next, repeated; an event is put in everywhere; the end is cut
at every place; an older copy is put back; the log is written anew with leaves that fit. Both must find it, at the same
places; what only the witness's checkpoints show must pass without them. Prints "N passed, N failed".
"""
import argparse, hashlib, json, os, random, shutil, sqlite3, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
sys.path.insert(0, os.path.join(root, "Samples", "AuditVerifier"))
import verify_audit  # noqa: E402

NOW = "2026-11-22T10:04Z"


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("portal")
    ask.add_argument("--release", action="store_true")
    ask.add_argument("--all", action="store_true")
    given = ask.parse_args()
    portal = os.path.abspath(given.portal)
    step = 1 if given.all else 4 if given.release else 16
    work = tempfile.mkdtemp(prefix="portal-audit-")
    passed = failed = 0

    def check(holds, *words):
        nonlocal passed, failed
        passed, failed = passed + bool(holds), failed + (not holds)
        if not holds:
            print("FAILED:", *[str(word)[:400] for word in words])

    def run(*arguments):
        done = subprocess.run([portal, *arguments], cwd=root, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    try:
        store = os.path.join(work, "store")
        status, _, error = run("import", "--store", store, "--profile", "Samples/HealthBoard/profile.yaml",
                               "--received", "2026-11-22T02:10Z")
        check(status == 0, error)
        asked = ("--store", store, "--now", NOW)

        def events():
            status, out, _ = run("audit", "verify", *asked, "--json")
            return json.loads(out)["size"]
        size, older = events(), None
        while size < 256:
            who, patient = random.Random(size).choice(
                [("dr.night", "100001"), ("nurse.kaur", "100002"), ("dr.stranger", "100003"), ("ann.lee", "100001")])
            run("timeline", *asked, "--as", who, "--patient", patient, "--json")
            size += 1
            if size == 200:
                older = os.path.join(work, "older.sqlite")
                with sqlite3.connect(os.path.join(store, "audit.sqlite")) as base, sqlite3.connect(older) as copy:
                    base.backup(copy)
        status, out, error = run("audit", "key", *asked, "--json")
        check(status == 0, error)
        key = json.loads(out)
        public = bytes.fromhex(key["key"])
        file = os.path.join(store, "audit.sqlite")
        witness_file = os.path.join(store, "witness", "checkpoints.jsonl")
        witness = verify_audit.read_witness(witness_file)
        with sqlite3.connect(file) as base:
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            count = base.execute("SELECT COUNT(*) FROM leaf").fetchone()[0]
        check(count >= 256, count)
        intact = os.path.join(work, "intact.sqlite")
        with sqlite3.connect(file) as base, sqlite3.connect(intact) as copy:
            base.backup(copy)

        def put(source, alter):
            """A copy of the log in the store, altered past its triggers."""
            for end in ("", "-wal", "-shm"):
                if os.path.exists(file + end):
                    os.remove(file + end)
            shutil.copy(source, file)
            with sqlite3.connect(file) as base:
                for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                    base.execute("DROP TRIGGER " + name)
                alter(base)
            base.close()

        def ours(outside):
            empty = os.path.join(work, "none.jsonl")
            if not outside:
                # Any checkpoint of the log's own beginning: without one the command refuses to say "intact".
                with open(witness_file) as lines, open(empty, "w") as kept:
                    kept.write(lines.readline())
            status, out, error = run("audit", "verify", *asked, "--json", "--witness", witness_file if outside else empty)
            try:
                said = json.loads(out)
            except ValueError:
                return None, error
            found = set()
            for line in said["findings"]:
                words = line.split(" at leaf ")
                leaf = int(words[1].split(",")[0]) if len(words) > 1 else None
                found.add((words[0].split(",")[0], leaf))
            return said["intact"], found

        def theirs(outside):
            findings, _, _, _ = verify_audit.verify_file(file, public, key["origin"], witness if outside else witness[:1])
            return all(code == "event-unsequenced" for code, _ in findings), set(findings)

        def attack(name, alter, leaf=None, source=intact, seen_inside=True):
            """Both verifiers find it, alike, and at the leaf; without the witness where the log itself shows it."""
            put(source, alter)
            mine, other = ours(True), theirs(True)
            check(mine[0] is False and other[0] is False, name, "not found", mine, other)
            check(mine[1] == other[1], name, "verifiers differ", mine[1], other[1])
            if leaf is not None:
                leaf = leaf if isinstance(leaf, tuple) else (leaf,)
                check(any(place in leaf for _, place in other[1]), name, "not located", leaf, other[1])
            if not seen_inside:
                alone, alone_other = ours(False), theirs(False)
                check(alone[0] is True and alone_other[0] is True, name, "shown without the witness", alone, alone_other)

        put(intact, lambda base: None)
        check(ours(True) == (True, set()) and theirs(True) == (True, set()), "intact", ours(True), theirs(True))

        chance = random.Random(7)
        for index in range(0, count, step):
            def flip(base, index=index):
                (data,) = base.execute("SELECT bytes FROM leaf WHERE position = ?", (index,)).fetchone()
                data = bytearray(data)
                place = chance.randrange(len(data) * 8)
                data[place // 8] ^= 1 << place % 8
                base.execute("UPDATE leaf SET bytes = ? WHERE position = ?", (bytes(data), index))
            attack("bit of event %d" % index, flip, index)

            def remove(base, index=index):
                base.execute("DELETE FROM member WHERE position = ?", (index,))
                base.execute("DELETE FROM leaf WHERE position = ?", (index,))
            attack("deletion of %d" % index, remove, index)

            def insert(base, index=index):
                # Places from the end on make room; hashes stay with their rows.
                base.execute("PRAGMA foreign_keys = OFF")
                for place in range(count - 1, index - 1, -1):
                    base.execute("UPDATE leaf SET position = ? WHERE position = ?", (place + 1, place))
                    base.execute("UPDATE member SET position = ? WHERE position = ?", (place + 1, place))
                # As whoever can write the file would: an event that reads well, its leaf, and who it is about.
                name, event = base.execute("SELECT id, bytes FROM leaf WHERE position != ? LIMIT 1", (index,)).fetchone()
                members = json.loads(event).get("members", [])
                event = event.replace(name.encode(), b"a-put-in")
                base.execute("INSERT INTO leaf VALUES(?, 'a-put-in', ?, ?)",
                             (index, event, verify_audit.leaf_hash(index, event)))
                base.executemany("INSERT INTO member VALUES(?, ?)", [(index, member) for member in set(members)])
            # What was put in fits; what it pushed on does not.
            attack("insertion at %d" % index, insert, (index, index + 1))
            if index + 1 < count:
                def swap(base, index=index):
                    base.execute("PRAGMA foreign_keys = OFF")
                    base.execute("UPDATE member SET position = -1 WHERE position = ?", (index,))
                    one = base.execute("SELECT id, bytes, hash FROM leaf WHERE position = ?", (index,)).fetchone()
                    two = base.execute("SELECT id, bytes, hash FROM leaf WHERE position = ?", (index + 1,)).fetchone()
                    base.execute("UPDATE leaf SET id = 'x' WHERE position = ?", (index,))
                    base.execute("UPDATE leaf SET id = ?, bytes = ?, hash = ? WHERE position = ?", (*one, index + 1))
                    base.execute("UPDATE leaf SET id = ?, bytes = ?, hash = ? WHERE position = ?", (*two, index))
                    base.execute("UPDATE member SET position = ? WHERE position = ?", (index, index + 1))
                    base.execute("UPDATE member SET position = ? WHERE position = -1", (index + 1,))
                attack("exchange of %d and the next" % index, swap, index)

            def cut(base, index=index):
                base.execute("PRAGMA foreign_keys = OFF")
                base.execute("DELETE FROM member WHERE position >= ?", (index,))
                base.execute("DELETE FROM leaf WHERE position >= ?", (index,))
                base.execute("DELETE FROM checkpoint WHERE size > ?", (index,))
            first = witness[0].size
            attack("end cut at %d" % index, cut, index, seen_inside=index < first)

        if older:
            attack("rollback", lambda base: None, None, source=older, seen_inside=False)

        def rewrite(base):
            # One event says something else, every leaf after it is made anew, and every checkpoint of the log's own with it:
            # only who has the key could sign them, so they are taken away.
            (data,) = base.execute("SELECT bytes FROM leaf WHERE position = 100").fetchone()
            data = data.replace(b'"outcome":"permitted"', b'"outcome":"withheld"')
            data = data if b"withheld" in data else data.replace(b"withheld", b"permitted")
            base.execute("UPDATE leaf SET bytes = ?, hash = ? WHERE position = 100",
                         (data, verify_audit.leaf_hash(100, data)))
            base.execute("DELETE FROM checkpoint WHERE size > 100")
        attack("log written anew", rewrite, seen_inside=False)

        # An erasure that an event tells of is no finding, to neither.
        put(intact, lambda base: None)
        shutil.copy(intact, file)
        status, out, error = run("audit", "erase", *asked, "--as", "officer.grant", "--leaf", "20", "--reason", "court order")
        check(status == 0, error)
        witness = verify_audit.read_witness(witness_file)
        mine, other = ours(True), theirs(True)
        check(mine == (True, set()) and other == (True, set()), "erasure", mine, other)
        status, out, error = run("audit", "erase", *asked, "--as", "dr.night", "--leaf", "21", "--reason", "mine")
        check(status == 3, status, error)
        done = subprocess.run([sys.executable, os.path.join(root, "Samples/AuditVerifier/verify_audit.py"), file, "--key",
                               key["key"], "--origin", key["origin"], "--witness", witness_file, "--json"],
                              capture_output=True, text=True)
        check(done.returncode == 0 and json.loads(done.stdout)["intact"], done.stdout, done.stderr)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
