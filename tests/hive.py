"""hive.py - what hivels lists, held against hivexml, which is another reader; and a log replayed in a few lines of Python.

    hive.py same HIVE LISTING      keys, times, values, types, sizes of data and places are those of hivexml
    hive.py count LISTING KEYS VALUES
    hive.py replay HIVE OUT LOG... writes the hive with what its logs hold applied
"""
import base64
import hashlib
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree

TYPES = {"none": 0, "string": 1, "expand": 2, "binary": 3, "int32": 4, "int64": 11, "link": 6, "string-list": 7}


def listed(path):
    """What hivels wrote: keys as (path, time to the second, offset), values as (key, name, offset)."""
    keys, values, at = set(), {}, ""
    for line in open(path, encoding="utf-8", errors="surrogateescape", newline="\n"):
        row = line.rstrip("\n").split("\t")
        if row[0] == "K" and row[5] == "live":
            at = row[6]
            keys.add((at, row[2][:19], int(row[1])))
        elif row[0] == "V" and row[5] == "live":
            values[int(row[1])] = (at, row[6], int(row[2]), row[4], int(row[3]))
    return keys, values


def name_of(text):
    """A name as hivels writes it."""
    return re.sub(r"[\\\x00]", lambda c: "\\u{%x}" % ord(c.group()), text)


def value_name_of(text):
    """The same for a value, where a backslash is one of many letters."""
    return re.sub(r"\\(?=u\{)|\x00", lambda c: "\\u{%x}" % ord(c.group()), text)


def forms_of(value):
    """The bytes that a value may have by what hivexml says; None where it says too little."""
    kind, text = value.get("type"), value.get("value") or ""
    if value.get("encoding") == "base64":
        return [base64.b64decode(text)]
    if kind == "int32":
        return [struct.pack("<I", int(text) & 0xFFFFFFFF)]
    if kind == "int64":
        return [struct.pack("<Q", int(text) & (1 << 64) - 1)]
    if kind in ("string", "expand"):
        text = text.encode("utf-16-le")
        return [text, text + b"\0\0"]
    if kind == "string-list":
        text = "\0".join(s.text or "" for s in value.findall("string")).encode("utf-16-le")
        return [text + b"\0" * n for n in (0, 2, 4)]
    return None


def walk(node, path, keys, values):
    stack = [(node, path)]
    while stack:
        node, path = stack.pop()
        when = node.findtext("mtime") or ""
        keys.add((path, when.rstrip("Z"), int(node.find("byte_runs/byte_run").get("file_offset"))))
        for value in node.findall("value"):
            run = value.find("byte_runs/byte_run")  # a value without data has none
            name = value_name_of(value.get("key") if value.get("default") != "1" else "")
            place = int(run.get("file_offset")) if run is not None else (path, name)
            values[place] = (path, name, value.get("type"), forms_of(value))
        for below in node.findall("node"):
            name = name_of(below.get("name"))
            stack.append((below, path + "\\" + name if path else name))


def same(hive, listing):
    text = subprocess.run(["hivexml", hive], stdout=subprocess.PIPE, check=True).stdout
    root = xml.etree.ElementTree.fromstring(text)
    keys, values = set(), {}
    walk(root.find("node"), "", keys, values)
    our_keys, our_values = listed(listing)
    bad = 0
    # a time that was never set stands in hivexml as none, or as one long ago
    timeless = lambda rows: {(p, "" if t < "1970" else t, o) for p, t, o in rows}
    for what, rows in (("only hivexml", timeless(keys) - timeless(our_keys)),
                       ("only hivels", timeless(our_keys) - timeless(keys))):
        for row in sorted(rows)[:5]:
            print(f"{hive}: {what} has key {row}")
        bad += len(rows)
    named = {(row[0], row[1]): place for place, row in our_values.items()}
    compared = unsure = 0
    for place, theirs in values.items():
        ours = our_values.get(place if isinstance(place, int) else named.get(place))
        kind = TYPES.get(theirs[2])
        if not ours or theirs[:2] != ours[:2] or (kind is not None and kind != ours[2]):
            bad += 1
            print(f"{hive}: the value {theirs[:3]} at {place} is {ours} here")
        elif theirs[3] is not None and ours[3] in [hashlib.sha256(form).hexdigest() for form in theirs[3]]:
            compared += 1
        elif theirs[2] in ("string", "expand", "string-list") or (theirs[2] == "int32" and ours[4] != 4):
            unsure += 1  # what lies behind the end of a text, or is too short for its type, hivexml does not show
        else:
            bad += 1
            print(f"{hive}: the data of {theirs[:3]} at {place} differs")
    bad += len(values) != len(our_values)
    print(f"{hive}: {len(keys)} keys, {len(values)} values, data of {compared} alike, of {unsure} longer: {bad} differ")
    return bad


def entries(path):
    log = open(path, "rb").read()
    at = 512
    while log[at:at + 4] == b"HvLE":
        size, _, number, bins, count = struct.unpack_from("<5I", log, at + 4)
        refs = [struct.unpack_from("<2I", log, at + 40 + i * 8) for i in range(count)]
        data = at + 40 + count * 8
        pages = []
        for offset, length in refs:
            pages.append((offset, log[data:data + length]))
            data += length
        yield number, bins, pages
        at += size


def replay(hive, out, logs):
    """No hash is looked at: the evidence is known to be good."""
    data = bytearray(open(hive, "rb").read())
    number = struct.unpack_from("<I", data, 8)[0]
    todo = sorted((e for log in logs for e in entries(log)), key=lambda e: e[0])
    for entry, bins, pages in todo:
        if entry == number:
            apply(data, bins, pages)
            number += 1
    for log in logs:
        if open(log, "rb").read()[512:516] == b"DIRT":
            apply(data, *vector(log))
            number += 1
    struct.pack_into("<2I", data, 4, number, number)
    total = 0
    for (word,) in struct.iter_unpack("<I", data[:508]):
        total ^= word
    struct.pack_into("<I", data, 508, total)
    open(out, "wb").write(data)
    return 0


def apply(data, bins, pages):
    data.extend(bytes(max(0, 4096 + bins - len(data))))
    for offset, page in pages:
        data[4096 + offset:4096 + offset + len(page)] = page
    struct.pack_into("<I", data, 40, bins)


def vector(path):
    log = open(path, "rb").read()
    bins = struct.unpack_from("<I", log, 40)[0]
    at = (512 + 4 + bins // 4096 + 511) // 512 * 512
    pages = []
    for i in range(bins // 512):
        if log[516 + i // 8] >> i % 8 & 1:
            pages.append((i * 512, log[at:at + 512]))
            at += 512
    return bins, pages


if __name__ == "__main__":
    verb, *args = sys.argv[1:]
    if verb == "same":
        sys.exit(same(*args) != 0)
    if verb == "replay":
        sys.exit(replay(args[0], args[1], args[2:]))
    if verb == "count":
        ours = listed(args[0])
        if [len(ours[0]), len(ours[1])] != [int(args[1]), int(args[2])]:
            sys.exit(f"{args[0]}: {len(ours[0])} keys and {len(ours[1])} values instead of {args[1]} and {args[2]}")
