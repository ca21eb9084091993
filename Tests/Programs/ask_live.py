#!/usr/bin/env python3
"""Asks silos live that hang, lie, break off, never end or answer for somebody else (DESIGN P8; SAFETY S17).

    ask_live.py PORTAL

Every first screen comes within the deadline and a second, names the silo with its reason, says "none" nowhere, and takes
little memory. Servers listen on loopback and stop with this program. Prints "N passed, N failed" as the closing line.
"""
import http.server, json, os, shutil, sys, tempfile, threading, time

from bad_input import Run

PROFILE = """
silos:
  pas: {label: Attendances, zone: Europe/London, localAuthority: GRI, feeds: [encounter]}
  practice: {label: Lochside Practice, adapter: top-elements, localAuthority: GRI, feeds: [allergyIntolerance]}
access:
  roles: {all: {may: [know, read], needsRelationship: false}}
people: {all: {roles: [all]}}
"""
ADT = ("MSH|^~\\&|PAS|GRI|||20261120||ADT^A01|1|P|2.5.1\rEVN|A01|20261120\rPID|1||9990000018^^^NHS^NH~1^^^GRI^MR||LEE^Ann||19510303|F\r"
       "PV1|1|I|WARD7^1^1^GRI||||||||||||||||V1^^^GRI\r")
LINE = ('{"type":"allergy","id":"A1","patient":{"identifiers":[{"system":"GRI","value":"%s"}],"name":{"family":"LEE","given":"Ann"},'
        '"birthDate":"1951-03-03"},"updated":"2026-11-21T10:00:00Z","substance":"Penicillin"}\n')


class Practice(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kind = self.path.split("?")[0].strip("/")
        body = {"good": LINE % "1", "other": LINE % "2", "login": "<html>Log in</html>", "cut": (LINE % "1")[:60], "empty": ""}.get(kind)
        try:
            if kind == "hang":
                time.sleep(30)
            elif kind == "refused":
                self.send_error(500)
            elif kind == "nobody":
                self.send_error(404)
            elif kind == "endless":
                self.send_response(200)
                self.end_headers()
                while True:
                    self.wfile.write(b"x" * 65536)
            elif kind == "slow":
                self.send_response(200)
                self.end_headers()
                for byte in (LINE % "1").encode():
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.2)
            elif kind == "short":
                self.send_response(200)
                self.send_header("Content-Length", "9999")
                self.end_headers()
                self.wfile.write((LINE % "1").encode())
            elif kind == "babble":
                self.wfile.write(b"\x00\xff" * 4096)
            else:
                self.send_response(200)
                self.end_headers()
                self.wfile.write((body or "").encode())
        except OSError:
            pass

    def log_message(self, *_):
        pass


def main():
    portal = sys.argv[1] if len(sys.argv) == 2 and not sys.argv[1].startswith("-") else None
    if portal is None:
        print(__doc__)
        return 0 if len(sys.argv) == 2 else 64
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Practice)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = "http://127.0.0.1:%d/" % server.server_address[1]
    work = tempfile.mkdtemp(prefix="ask-live-")
    run = Run(portal, work)
    try:
        profile = os.path.join(work, "profile.yaml")
        with open(profile, "w", encoding="utf-8") as file:
            file.write(PROFILE)
        with open(os.path.join(work, "a.hl7"), "w", encoding="ascii", newline="") as file:
            file.write(ADT)
        # What each answer comes to: the state of the silo, and of the allergies.
        expected = {"good": ("current", "recorded"), "other": ("current", "not known"), "nobody": ("current", "not known"),
                    "empty": ("current", "not known"), "login": ("failed at", "not known"), "cut": ("failed at", "not known"),
                    "refused": ("failed at", "not known"), "short": ("failed at", "not known"), "babble": ("failed at", "not known"),
                    "endless": ("failed at", "not known"), "hang": ("not reached at", "not known"), "slow": ("not reached at", "not known")}
        for kind, (state, allergies) in expected.items():
            store = os.path.join(work, "store")
            run.run("import", "--store", store, "--profile", profile, "--received", "2026-11-22T02:10Z", "pas=" + os.path.join(work, "a.hl7"))
            for deadline in ("1", "0.001"):
                began = time.monotonic()
                status, out, err, _, peak = run.measured("top16", "--store", store, "--as", "all", "--patient", "9990000018", "--json", "--now",
                                                         "2026-11-22T10:04Z", "--deadline", deadline, "--ask", "practice=" + base + kind)
                seconds = time.monotonic() - began
                if not run.check(status == 0, kind, "ends with", status, err[-300:]):
                    continue
                screen = json.loads(out)
                element = next(e for e in screen["elements"] if e["element"] == "allergies")
                silo = next(s for s in screen["silos"] if s["silo"] == "practice")
                run.check(seconds < float(deadline) + 1.5, kind, "takes %.1f s" % seconds)
                run.check(peak < 200 << 20, kind, "takes %d MB" % (peak >> 20))
                if deadline == "1":
                    run.check(silo["state"].startswith(state) and element["state"] == allergies, kind, "is told as", silo["state"], "and", element["state"])
                run.check(allergies == "recorded" or not any("none known" in line.lower() or "none recorded" in line.lower()
                                                             for line in element["lines"]), kind, "says none:", element["lines"])
            shutil.rmtree(store)
        for words in (["--deadline", "-1"], ["--deadline", "nan"], ["--deadline", "inf"], ["--deadline", "1e300"]):
            status, _, _ = run.run("top16", "--store", work, "--patient", "1", words[0] + "=" + words[1])
            run.check(status == 64, words, "ends with", status)
        print("%d passed, %d failed" % (run.passed, run.failed))
        return 1 if run.failed else 0
    finally:
        server.shutdown()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
