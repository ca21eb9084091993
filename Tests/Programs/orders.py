#!/usr/bin/env python3
"""The record is a pure function of the set of documents and assertions (P3), and links can be undone exactly (P4).

    orders.py PORTAL [--patients 12] [--orders 4] [--seeds 1 2]

Synthesises a board of a few people with the distortions of real life, imports it as it stands, and then again in random
orders: every message a file of its own, in random batches over random calls, some sent twice; in every second order two
people are linked in the middle and the link is retracted at the end. The people, every timeline with its earlier versions,
every first screen, all results over time and what waits for a decision must be the same to the byte. Also of the invented
board in Samples. Prints "N passed, N failed" as the closing line.
"""
import argparse, json, os, random, re, shutil, subprocess, sys, tempfile

MOMENT = "2026-11-22T02:10Z"
NOW = "2026-11-22T10:04Z"


class Portal:
    def __init__(self, program, store, profile):
        self.program, self.store, self.profile = program, store, profile

    def run(self, *arguments):
        done = subprocess.run([self.program, *arguments], capture_output=True)
        if done.returncode not in (0, 3):
            raise RuntimeError("%s ended with %d: %s" % (arguments[0], done.returncode, done.stderr[-300:]))
        return done.stdout.decode("utf-8")

    def take(self, sources):
        self.run("import", "--store", self.store, "--profile", self.profile, "--received", MOMENT, "--json", *sources)

    def ask(self, command, *arguments):
        return self.run(*command.split(), "--store", self.store, "--now", NOW, *arguments)

    def everything(self, reader):
        """Every answer about everyone, by its name."""
        answers = {"patients": self.ask("patients", "--json"), "review": self.ask("review", "--json")}
        for person in json.loads(answers["patients"]):
            patient = person["patient"]
            for command in ("timeline --versions", "top16", "results"):
                answers[command + " " + patient] = self.ask(command, "--as", reader, "--patient", patient, "--json")
        return answers


def documents(folder):
    """(silo, name, bytes) of every message, line and table; the files that tables name by their folders."""
    found, beside = [], []
    for silo in sorted(os.listdir(folder)):
        if silo == "truth" or not os.path.isdir(os.path.join(folder, silo)):
            continue
        for path, _, names in os.walk(os.path.join(folder, silo)):
            for name in sorted(names):
                whole = os.path.join(path, name)
                with open(whole, "rb") as file:
                    data = file.read()
                if name.endswith(".hl7"):
                    starts = [m.start() for m in re.finditer(rb"(?:^|(?<=[\r\n]))MSH\|", data)] or [0]
                    parts = [data[a:b] for a, b in zip(starts, starts[1:] + [len(data)])]
                    if any(re.search(rb"(^|[\r\n])(FHS|BHS|BTS|FTS)\|", part) for part in parts):
                        parts = [data]
                elif name.endswith(".jsonl"):
                    parts = [line for line in data.splitlines(True) if line.strip()]
                elif name.endswith((".csv", ".xml")):
                    parts = [data]
                else:
                    if not name.endswith(".md"):
                        beside.append((silo, os.path.relpath(whole, os.path.join(folder, silo)), data))
                    continue
                found += [(silo, os.path.splitext(name)[1], part) for part in parts]
    return found, beside


def in_order(portal, work, found, beside, order, chance):
    """Imports documents in an order: runs of one silo go in one call, of a length that chance decides."""
    at = number = 0
    while at < len(order):
        silo = found[order[at]][0]
        batch = []
        most = chance.choice([1, 2, 5, 40])
        while at < len(order) and found[order[at]][0] == silo and len(batch) < most:
            batch.append(found[order[at]])
            at += 1
        place = os.path.join(work, "batch")
        os.makedirs(place)
        for index, (_, suffix, data) in enumerate(batch):
            with open(os.path.join(place, "%06d%s" % (index, suffix)), "wb") as file:
                file.write(data)
        for own, name, data in beside:
            if own == silo:
                path = os.path.join(place, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(data)
        portal.take(["%s=%s" % (silo, place)])
        shutil.rmtree(place)
        number += 1
    return number


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("portal")
    p.add_argument("--patients", type=int, default=12)
    p.add_argument("--orders", type=int, default=4)
    p.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    p.add_argument("--keep", help="work in this folder and leave it")
    a = p.parse_args()
    work = a.keep or tempfile.mkdtemp(prefix="orders-")
    passed = failed = 0
    samples = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Samples", "HealthBoard")
    try:
        boards = [("the invented board", samples, "dr.night", 0)]
        for seed in a.seeds:
            board = os.path.join(work, "board-%d" % seed)
            subprocess.run([a.portal, "synthesise", "--patients", str(a.patients), "--seed", str(seed), "--out", board],
                           check=True, capture_output=True)
            boards.append(("seed %d" % seed, board, None, seed))
        for label, board, reader, seed in boards:
            profile = os.path.join(board, "profile.yaml")
            if reader is None:
                with open(profile, encoding="utf-8") as file:
                    text = file.read()
                reader = re.search(r"^people:\n(?:  operator.*\n)?  ([\w.]+):", text, re.M).group(1)
            found, beside = documents(board)
            chance = random.Random(seed)
            expected = None
            for turn in range(a.orders + 1):
                store = os.path.join(work, "store")
                portal = Portal(a.portal, store, profile)
                order = list(range(len(found)))
                linked = None
                if turn:
                    # Shuffled over all silos; every second time silo by silo, each in random order.
                    chance.shuffle(order)
                    order += chance.sample(order, len(order) // 5)
                    if turn % 2:
                        order.sort(key=lambda index: found[index][0])
                half = len(order) // 2
                calls = in_order(portal, work, found, beside, order[:half], chance)
                if turn and turn % 2 == 0:
                    people = [person["patient"] for person in json.loads(portal.ask("patients", "--json"))]
                    if len(people) > 1:
                        one, two = chance.sample(people, 2)
                        answer = portal.ask("link", one, two, "--reason", "an order", "--json")
                        linked = re.search(r"l-[0-9a-f]+", answer).group(0)
                calls += in_order(portal, work, found, beside, order[half:], chance)
                if linked:
                    portal.ask("retract", linked, "--reason", "never mind")
                answers = portal.everything(reader)
                shutil.rmtree(store)
                if expected is None:
                    expected = answers
                    continue
                wrong = sorted(name for name in expected.keys() | answers.keys() if expected.get(name) != answers.get(name))
                passed, failed = passed + (not wrong), failed + bool(wrong)
                if wrong:
                    print("FAILED: %s, order %d: %d answers differ, such as %s" % (label, turn, len(wrong), wrong[:3]),
                          file=sys.stderr)
                    if a.keep:
                        for kind, each in (("expected", expected), ("found", answers)):
                            with open(os.path.join(work, "%s-%d-%s.json" % (label.replace(" ", "-"), turn, kind)), "w") as file:
                                json.dump({name: each.get(name) for name in wrong}, file, indent=1)
            print("%-20s %d documents, %d answers, %d orders (the last in %d calls)" % (
                label, len(found), len(expected), a.orders, calls))
        print("%d passed, %d failed" % (passed, failed))
        return 1 if failed else 0
    finally:
        if not a.keep:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
