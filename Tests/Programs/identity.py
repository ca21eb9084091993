#!/usr/bin/env python3
"""Linking as a process: invented people are found again, a model is trained, a pair explained, bad input refused.

    identity.py PORTAL

Prints "N passed, N failed".
"""
import argparse, json, os, random, shutil, subprocess, sys, tempfile


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("portal")
    portal = os.path.abspath(ask.parse_args().portal)
    work = tempfile.mkdtemp(prefix="portal-identity-")
    passed = failed = 0

    def check(holds, *words):
        nonlocal passed, failed
        passed, failed = passed + bool(holds), failed + (not holds)
        if not holds:
            print("FAILED:", *words)

    def run(*arguments):
        done = subprocess.run([portal, "identity", *arguments], cwd=work, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def write(name, text):
        with open(os.path.join(work, name), "w") as file:
            file.write(text)
    try:
        made = run("invent", "--people", "2000", "--out", "p.csv", "--truth", "t.csv", "--map-out", "m.yaml", "--json")
        check(made[0] == 0, made)
        copies = json.loads(made[1])["duplicates"]
        table = ("--records", "p.csv", "--map", "m.yaml")
        for further in [(), ("--train",)]:
            status, out, err = run("evaluate", *table, "--truth", "t.csv", "--json", *further)
            check(status == 0, err)
            found = json.loads(out)["evaluation"]
            check(found["truePairs"] == copies and found["records"] == 2000 + copies, found)
            check(found["f1"] > 0.99 and found["overMergedClusters"] == 0, further, found)
        status, out, err = run("train", *table, "--out", "model.json")
        check(status == 0 and "givenName" in open(os.path.join(work, "model.json")).read(), err)
        status, out, err = run("evaluate", *table, "--truth", "t.csv", "--model", "model.json", "--out", "people.csv")
        check(status == 0 and "F1" in out, out, err)
        # Who was found to be whom, counted once more here.
        with open(os.path.join(work, "people.csv")) as file:
            people = dict(row.strip().split(",") for row in list(file)[1:])
        with open(os.path.join(work, "t.csv")) as file:
            truth = [row.strip().split(",") for row in list(file)[1:]]
        check(sum(people[one] == people[two] for one, two in truth) > 0.98 * copies)
        pair = ("--pair", *truth[0])
        status, out, err = run("compare", *table, *pair, "--json", "--svg", "w.svg")
        check(status == 0 and json.loads(out)["probability"] > 0.9, out, err)
        with open(os.path.join(work, "w.svg")) as file:
            check(file.read().startswith("<svg"))
        # Two tables: only what stands across them is linked.
        with open(os.path.join(work, "p.csv")) as file:
            head, *rows = list(file)
        copy = {two for _, two in truth}
        write("a.csv", head + "".join(row for row in rows if row.split(",")[0] not in copy))
        write("b.csv", head + "".join(row for row in rows if row.split(",")[0] in copy))
        status, out, err = run("evaluate", "--records", "a.csv", "b.csv", "--map", "m.yaml", "--truth", "t.csv", "--json")
        check(status == 0 and json.loads(out)["evaluation"]["f1"] > 0.99, out, err)
        # Two verified numbers: kept apart, and a person has to decide.
        person = "Duncan,Fraser,19510303,12,Long Road,Leith,EH6 5QQ"
        write("v.csv", "id,g,s,b,h,st,t,p,n\n1,%s,9990000018\n2,%s,9990000026\n" % (person, person))
        write("v.yaml", "{given name: g, surname: s, birth date: b, house number: h, street: st, locality: t, postcode: p, "
                        "verified numbers: n}")
        status, out, err = run("evaluate", "--records", "v.csv", "--map", "v.yaml", "--json")
        found = json.loads(out)["evaluation"] if status == 0 else {}
        check(found.get("linkedPairs") == 0 and found.get("reviewPairs") == 1, out, err)
        # A whole population with verified numbers; of every twentieth person there is a double, the same in everything
        # but the number. Of the copies a third come without a number. No two numbers end in one person.
        made = run("invent", "--people", "20000", "--out", "q.csv", "--truth", "u.csv", "--map-out", "q.yaml", "--seed", "5")
        check(made[0] == 0, made)
        rng = random.Random(7)
        with open(os.path.join(work, "q.csv")) as file:
            head, *rows = [line.rstrip("\n") for line in file]
        with open(os.path.join(work, "u.csv")) as file:
            copy_of = {two: one for one, two in (row.strip().split(",") for row in list(file)[1:])}
        numbers, numbered = {}, []

        def number():
            while True:
                digits = "999" + "%06d" % rng.randrange(1_000_000)
                check_digit = (11 - sum(int(d) * (10 - i) for i, d in enumerate(digits)) % 11) % 11
                if check_digit < 10 and digits + str(check_digit) not in taken:
                    taken.add(digits + str(check_digit))
                    return digits + str(check_digit)
        taken = set()
        for row in rows:
            own = row.split(",")[0]
            if own in copy_of:
                numbers[own] = "" if rng.random() < 1 / 3 else numbers[copy_of[own]]
            else:
                numbers[own] = number()
            numbered.append("%s,%s" % (row, numbers[own]))
            if own not in copy_of and rng.random() < 0.05:
                numbers["x" + own] = number()
                numbered.append("x%s,%s" % (row, numbers["x" + own]))
        write("q.csv", "\n".join([head + ",number", *numbered]) + "\n")
        with open(os.path.join(work, "q.yaml"), "a") as file:
            file.write("verified numbers: number\n")
        status, out, err = run("evaluate", "--records", "q.csv", "--map", "q.yaml", "--truth", "u.csv", "--json", "--out", "q.people.csv")
        found = json.loads(out)["evaluation"] if status == 0 else {}
        people = {}
        with open(os.path.join(work, "q.people.csv")) as file:
            for own, person in (row.strip().split(",") for row in list(file)[1:]):
                people.setdefault(person, set()).add(numbers[own])
        against = sum(len(held - {""}) > 1 for held in people.values())
        print("verified numbers: %d records, %d doubles, %d people put together against a veto, recall %.4f, %d pairs to review" % (
            len(numbered), sum(own.startswith("x") for own in numbers), against, found.get("recall", 0), found.get("reviewPairs", 0)))
        check(against == 0, "linked against a veto:", against)
        check(found.get("recall", 0) > 0.95 and found.get("reviewPairs", 0) > 900, found)
        write("ragged.csv", "id,given\n1,Zebedee,x\n")
        write("empty.csv", "")
        write("open.csv", 'id,given\n1,"Zebedee\n')
        write("g.yaml", "given name: given\n")
        write("column.yaml", "given name: forename\n")
        write("odd.yaml", "shoe size: given\n")
        write("list.yaml", "- given\n")
        for name, status, arguments in [
                ("ragged", 1, ("--records", "ragged.csv", "--map", "g.yaml")),
                ("empty", 1, ("--records", "empty.csv", "--map", "g.yaml")),
                ("open", 1, ("--records", "open.csv", "--map", "g.yaml")),
                ("missing", 1, ("--records", "none.csv", "--map", "g.yaml")),
                ("column", 2, ("--records", "p.csv", "--map", "column.yaml")),
                ("odd", 2, ("--records", "p.csv", "--map", "odd.yaml")),
                ("list", 2, ("--records", "p.csv", "--map", "list.yaml")),
                ("model", 1, (*table, "--model", "p.csv")),
                ("threshold", 64, (*table, "--threshold", "2"))]:
            found, out, err = run("evaluate", *arguments)
            check(found == status, name, "ends with", found, err[-200:])
            check("Zebedee" not in out + err, name, "tells a value")
    finally:
        shutil.rmtree(work)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


sys.exit(main())
