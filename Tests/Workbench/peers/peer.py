#!/usr/bin/env python3
"""A peer on a file, once: peer.py python-hl7|orjson|json|lxml FILE prints seconds, bytes, and what it found.

Work: the same as ours, bytes to a tree; the median of five, where one does not take seconds.
"""
import sys
import time


def python_hl7(data):
    import hl7
    parts = data.decode("utf-8").split("MSH|^~\\&|")[1:1001]
    messages = ["MSH|^~\\&|" + part for part in parts]
    hl7.parse(messages[0])
    return sum(len(message.encode("utf-8")) for message in messages), lambda: sum(
        len(hl7.parse(message)) for message in messages)


def orjson(data):
    import orjson
    return len(data), lambda: len(orjson.loads(data)["entry"])


def json(data):
    import json
    return len(data), lambda: len(json.loads(data)["entry"])


def lxml(data):
    from lxml import etree
    return len(data), lambda: len(etree.fromstring(data))


mode, path = sys.argv[1:3]
with open(path, "rb") as file:
    size, work = {"python-hl7": python_hl7, "orjson": orjson, "json": json, "lxml": lxml}[mode](file.read())
taken = []
for _ in range(1 if mode == "python-hl7" else 5):
    start = time.perf_counter()
    found = work()
    taken.append(time.perf_counter() - start)
print(sorted(taken)[len(taken) // 2], size, found)
