#!/usr/bin/env python3
"""Verifies a portal's audit without the portal: written from the format's description, in another language.

    verify_audit.py AUDIT.sqlite --key HEX --origin NAME [--witness CHECKPOINTS.jsonl] [--json]

AUDIT.sqlite is the audit's file (a copy will do), HEX the 64 digits of the log's public key as `portal audit key` prints
them, NAME the log's name, CHECKPOINTS.jsonl the checkpoints that a witness kept elsewhere. A cut end, a rollback and a log
written anew are found by the witness's checkpoints alone. Exit status: 0 intact, 5 not, 64 the command line is not
understood. Needs Python 3.8 and nothing else.

The format: leaf i is SHA-256 of 0x00, i in eight bytes big-endian, and the event's bytes; the tree is RFC 6962's; a
checkpoint signs, by Ed25519 (RFC 8032), a title, the log's name, its size, root and time, and the key's short name. An
erased event has no bytes: its leaf stands for it, and a later event says that it was erased.
"""
import argparse, functools, hashlib, json, sqlite3, sys

TITLE = b"ClinicalPortal audit checkpoint 1"


# Ed25519, RFC 8032 section 5.1 and 6.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    z = 2 * a[3] * b[3] * D % P
    t = 2 * a[2] * b[2] % P
    e, f, g, h = y - x, t - z, t + z, y + x
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, point):
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = add(found, point)
        point = add(point, point)
        number >>= 1
    return found


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=None)
def is_signed(key, message, signature):
    if len(signature) != 64 or len(key) != 32:
        return False
    public, start = point(key), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if public is None or start is None or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    challenge = int.from_bytes(digest, "little") % L
    return same(times(s, BASE), add(start, times(challenge, public)))


# The tree, RFC 6962 section 2.1: kept as the roots of the full trees that a count is made of.


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Tree:
    def __init__(self, size=0, peaks=()):
        self.size, self.peaks = size, list(peaks)

    def append(self, leaf):
        size, self.size = self.size, self.size + 1
        while size & 1:
            leaf = sha(b"\1", self.peaks.pop(), leaf)
            size >>= 1
        self.peaks.append(leaf)

    def root(self):
        if not self.peaks:
            return sha()
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = sha(b"\1", peak, found)
        return found

    def copy(self):
        return Tree(self.size, self.peaks)


class Checkpoint:
    def __init__(self, origin, size, root, time, key, signature):
        self.origin, self.size, self.root, self.time = origin, size, root, time
        self.key, self.signature = key, signature

    def signed(self):
        def number(value):
            return (value & (2**64 - 1)).to_bytes(8, "big")

        def counted(data):
            return number(len(data)) + data

        origin, key = self.origin.encode(), self.key.encode()
        return (counted(TITLE) + counted(origin) + number(self.size) + counted(self.root) + number(self.time)
                + counted(key))


def leaf_hash(index, event):
    return sha(b"\0", index.to_bytes(8, "big"), event)


def read_event(data):
    """The event, if its bytes are its one spelling."""
    try:
        event = json.loads(data)
        again = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        return event if again == data and isinstance(event, dict) else None
    except (ValueError, UnicodeError):
        return None


def verify(rows, pending, own, witness, public, origin):
    """What is wrong, as (code, leaf or None), and how far the log and the witness vouch for it.

    rows are (index, id, members, event, hash) in order.
    """
    findings = []
    short = hashlib.sha256(public).hexdigest()[:16]
    marks = []
    known = {one.signed() for one in own}
    for checkpoints, outside in ((own, False), (witness, True)):
        for one in checkpoints:
            good = (one.key == short and one.origin == origin and one.size >= 0
                    and is_signed(public, one.signed(), one.signature))
            if good:
                marks.append((one.size, outside, one.root))
            else:
                findings.append(("checkpoint-signature", None))
            if good and outside and one.signed() not in known:
                findings.append(("checkpoint-missing", None))
    marks.sort(key=lambda mark: mark[:2])
    tree, other = Tree(), None
    suspects, ids, erased, declared = [], set(), set(), set()
    agreed, refused = {False: 0, True: 0}, set()
    place, expected, broken = 0, 0, False

    def compare():
        nonlocal tree, other, place, suspects
        while place < len(marks) and marks[place][0] < expected:
            place += 1
        while place < len(marks) and marks[place][0] == expected:
            size, outside, root = marks[place]
            place += 1
            if broken:
                continue
            if root == tree.root():
                findings.extend(("leaf-altered", index) for index in suspects)
                suspects, other = [], None
            elif other is not None and root == other.root():
                findings.extend(("event-altered", index) for index in suspects)
                suspects, tree, other = [], other, None
            else:
                if outside not in refused:
                    findings.append(("checkpoint-root", None))
                refused.add(outside)
                continue
            if outside not in refused:
                agreed[outside] = size

    compare()
    for index, identifier, members, event, stored in rows:
        if index < expected:
            findings.append(("leaf-repeated", index))
            continue
        if index > expected:
            findings.extend(("leaf-missing", gone) for gone in range(expected, min(index, expected + 100)))
            expected, broken = index, True
        if not event and len(stored) == 32:
            computed = stored
            erased.add(index)
            if members or identifier != "erased-%d" % index:
                findings.append(("index-altered", index))
        else:
            computed = leaf_hash(index, event)
            if computed == stored:
                said = read_event(event)
                if said is None:
                    findings.append(("event-not-canonical", index))
                else:
                    if said.get("action") == "erased" and str(said.get("detail", {}).get("leaf", "")).isdigit():
                        declared.add(int(said["detail"]["leaf"]))
                    if said.get("id") != identifier or sorted(set(said.get("members", []))) != sorted(members):
                        findings.append(("index-altered", index))
        if computed != stored:
            suspects.append(index)
            if other is None:
                other = tree.copy()
        if identifier in ids:
            findings.append(("leaf-repeated", index))
        ids.add(identifier)
        tree.append(computed)
        if other is not None:
            other.append(stored if len(stored) == 32 else sha())
        expected += 1
        compare()
    findings.extend(("event-altered", index) for index in suspects)
    findings.extend(("event-erased", index) for index in sorted(erased - declared))
    for outside in (False, True):
        if any(size > expected and mark == outside for size, mark, _ in marks):
            findings.append(("log-shorter-than-checkpoint", expected))
    if pending:
        findings.append(("event-unsequenced", None))
    return findings, expected, max(agreed.values()), agreed[True]


def verify_file(path, public, origin, witness):
    with sqlite3.connect("file:%s?mode=ro" % path, uri=True) as store:
        members = {}
        for index, member in store.execute("SELECT position, member FROM member"):
            members.setdefault(index, []).append(member)
        rows = [(index, name, members.get(index, []), bytes(event), bytes(stored)) for index, name, event, stored in
                store.execute("SELECT position, id, bytes, hash FROM leaf ORDER BY position")]
        own = [Checkpoint(*row[:2], bytes(row[2]), row[3], row[4], bytes(row[5])) for row in store.execute(
            "SELECT origin, size, root, time, key, signature FROM checkpoint ORDER BY number")]
        pending = store.execute("SELECT COUNT(*) FROM pending").fetchone()[0]
    return verify(rows, pending, own, witness, public, origin)


def milliseconds(text):
    from datetime import datetime, timezone
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds() * 1000)


def read_witness(path):
    found = []
    with open(path) as lines:
        for line in lines:
            try:
                one = json.loads(line)
                found.append(Checkpoint(one["origin"], one["size"], bytes.fromhex(one["root"]), milliseconds(one["time"]),
                                        one["key"], bytes.fromhex(one["signature"])))
            except (ValueError, KeyError, TypeError):
                continue
    return found


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("audit")
    ask.add_argument("--key", required=True)
    ask.add_argument("--origin", required=True)
    ask.add_argument("--witness")
    ask.add_argument("--json", action="store_true")
    given = ask.parse_args()
    witness = read_witness(given.witness) if given.witness else []
    findings, size, vouched, witnessed = verify_file(given.audit, bytes.fromhex(given.key), given.origin, witness)
    intact = all(code == "event-unsequenced" for code, _ in findings)
    if given.json:
        print(json.dumps({"intact": intact, "size": size, "vouched": vouched, "witnessed": witnessed,
                          "findings": [{"code": code, "leaf": leaf} for code, leaf in findings]}))
    else:
        print("%s: %d events, %d under the witness's checkpoints" % ("intact" if intact else "BROKEN", size, witnessed))
        for code, leaf in findings:
            print("  " + code + ("" if leaf is None else " at leaf %d" % leaf))
    sys.exit(0 if intact else 5)


if __name__ == "__main__":
    main()
