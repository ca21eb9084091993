#!/usr/bin/env python3
"""python-hl7 on the first messages of a file: prints seconds, bytes, segments.

Work: cut the text into messages, parse each (the same as ours: bytes to a tree).
"""
import sys
import time

import hl7

path, wanted = sys.argv[1], int(sys.argv[2])
with open(path, "rb") as file:
    text = file.read().decode("utf-8")
parts = text.split("MSH|^~\\&|")[1 : wanted + 1]
messages = ["MSH|^~\\&|" + part for part in parts]
size = sum(len(message.encode("utf-8")) for message in messages)
hl7.parse(messages[0])
start = time.perf_counter()
segments = sum(len(hl7.parse(message)) for message in messages)
print(time.perf_counter() - start, size, segments)
