#!/usr/bin/env python3
"""Strings planted in every field of every format appear in no log line, error, exit message or alert.

    canary.py PORTAL

Each field of each file of the invented health board is replaced by a word of its own, one field a file; all are imported, the
broken ones too, and whatever the program then says that is no record is searched for the word: standard error of every
command, the report of an import, held messages, the audit and its export, usage, review, the queue of overrides.
Prints "N passed, N failed".
"""
import argparse, json, os, re, shutil, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
board = os.path.join(root, "Samples", "HealthBoard")
NOW = "2026-11-22T10:04Z"
WORD = "CANARY"


def fields(name, data):
    """Where the fields of a file lie, as (start, end), by its format's own delimiters."""
    text = data.decode("utf-8", "surrogateescape")
    stripped = text.lstrip("\ufeff \r\n")
    if stripped.startswith("MSH"):
        pattern = r"[^|^~&\r\n]+"
    elif stripped.startswith(("UNA", "UNB")):
        pattern = r"[^+:'\r\n]+"
    elif stripped.startswith(("{", "[")):
        pattern = r'(?<=")(?:[^"\\]|\\.)*(?=")'
    elif stripped.startswith("<"):
        pattern = r'(?<=>)[^<>\s][^<>]*(?=<)|(?<==")[^"]*(?=")'
    elif name.endswith((".csv", ".txt", ".tsv")) or "," in stripped.split("\n")[0]:
        pattern = r"[^,;|\t\r\n]+"
    else:
        return text, []
    return text, [match.span() for match in re.finditer(pattern, text)]


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("portal")
    portal = os.path.abspath(ask.parse_args().portal)
    work = tempfile.mkdtemp(prefix="portal-canary-")
    passed = failed = 0

    def check(holds, *words):
        nonlocal passed, failed
        passed, failed = passed + bool(holds), failed + (not holds)
        if not holds:
            print("FAILED:", *[str(word)[:300] for word in words])

    def run(*arguments):
        done = subprocess.run([portal, *arguments], cwd=root, capture_output=True, text=True, errors="replace")
        return done.returncode, done.stdout, done.stderr

    def silent(what, *texts):
        for text in texts:
            place = text.find(WORD)
            check(place < 0, what, text[max(0, place - 80):place + 80])

    try:
        planted, formats = 0, set()
        site = os.path.join(work, "board")
        shutil.copytree(board, site)
        for folder, _, files in os.walk(board):
            silo = os.path.relpath(folder, board)
            for name in files:
                if silo == "." or name.endswith((".md", ".pdf", ".png", ".tif", ".rtf", ".jpg")):
                    continue
                with open(os.path.join(folder, name), "rb") as file:
                    text, spans = fields(name, file.read())
                if not spans:
                    continue
                formats.add(text.lstrip("\ufeff \r\n")[:3] if not text.lstrip().startswith(("{", "[", "<")) else text.lstrip()[:1])
                for number, (start, end) in enumerate(spans):
                    # Of long files every field of the beginning, and some of the rest.
                    if number > 400 and number % 25:
                        continue
                    planted += 1
                    changed = text[:start] + "%s%dX" % (WORD, planted) + text[end:]
                    target = os.path.join(site, silo, "%d-%s" % (planted, name))
                    with open(target, "wb") as file:
                        file.write(changed.encode("utf-8", "surrogateescape"))
        check(planted > 1000 and len(formats) >= 4, planted, formats)
        store = os.path.join(work, "store")
        status, out, error = run("import", "--store", store, "--profile", os.path.join(site, "profile.yaml"),
                                 "--received", "2026-11-22T02:10Z")
        check(status == 0, status, error)
        silent("import", out, error)
        status, out, error = run("import", "--store", store, "--profile", os.path.join(site, "profile.yaml"),
                                 "--received", "2026-11-22T02:11Z", "--json")
        silent("import again", out, error)
        asked = ("--store", store, "--now", NOW)
        for command in [
            ("held",), ("held", "--json"), ("audit", "verify"), ("audit", "verify", "--json"),
            ("audit", "export", "--as", "officer.grant"), ("usage", "--as", "officer.grant", "--json"),
            ("audit", "review", "--as", "officer.grant", "--json"),
            ("override", "queue", "--as", "officer.grant"),
            ("held", "redrive"), ("timeline", "--patient", "no-such", "--as", "dr.night"),
            ("timeline", "--patient", "nhs-number|9990000019", "--as", "dr.night"),
            ("search", "9990000019", "--as", "dr.night"),
            ("recall", "--as", "officer.grant"),
            ("summary", "--patient", "100001", "--as", "dr.stranger"),
            ("open", "--patient", "100001", "--entry", "e-0", "--as", "dr.night"),
        ]:
            status, out, error = run(*command[:1], *command[1:], *asked)
            # What a recall was of is content that its officer is shown: errors alone must be silent there.
            silent(" ".join(command), error, *([] if command[0] == "recall" else [out]))
        # Whoever reads a record sees what stands in it, and standard error stays silent.
        for patient in ("100001", "100002", "100011"):
            for command in ("timeline", "top16", "results"):
                _, _, error = run(command, "--patient", patient, "--as", "dr.night", *asked)
                silent(command, error)
        status, out, error = run("override", "--patient", "100002", "--as", "dr.stranger", "--type", "emergency",
                                 "--reason", WORD + " reason", *asked)
        silent("override", out, error)
        # A profile that is wrong is named by line, and not quoted beyond the name that is wrong.
        print("%d fields planted in %d formats" % (planted, len(formats)))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
