"""Runs the command that every finding of a case prints, as a person would: reproduce.py CASE FOLDER.

Its last word must be the SHA-256 that the case states (of the stream where it has one, else of the bytes), and where
bytes are shown, the ones that the finding quotes must be among them. Prints what differs, and then a line of counts."""
import collections
import html
import os
import re
import sqlite3
import subprocess
import sys

case, folder = sys.argv[1:3]
unpacks = subprocess.run(["/usr/bin/python3", "-c", "import pyfsntfs"], capture_output=True).returncode == 0
rows = sqlite3.connect(case + "/case.db").execute(
    "SELECT finding, rests_on, coalesce(sha256, bytes_sha256), length, excerpt, reproduce, path, stream FROM v_findings")
counts = collections.Counter()


def dumped(text):
    """The bytes of a dump as xxd makes it."""
    out = b""
    for line in text.splitlines():
        m = re.match(r"[0-9a-f]{8}: ([0-9a-f ]{1,40}) ", line)
        if m:
            out += bytes.fromhex(m.group(1).replace(" ", ""))
    return out


def tells(record, xml):
    """Whether a record of an event log holds the texts that its XML shows: it has them as UTF-16."""
    texts = re.findall(r"(?:>|Name=')([^<>']{4,})(?:</|')", xml)
    return bool(texts) and all(html.unescape(text).encode("utf-16le") in record for text in texts)


for finding, rests, stated, length, excerpt, command, path, stream in rows:
    if "\n" in command:
        print(f"{finding}: its command is more than a line: {command!r}")
    if "pyfsntfs" in command and not unpacks:
        counts["left out, as libfsntfs is not here"] += 1
        continue
    env = dict(os.environ, PATH="/usr/bin:/bin", LC_ALL="C")
    run = subprocess.run(["bash", "-c", "set -o pipefail; " + command], cwd=folder, env=env, capture_output=True)
    text = run.stdout.decode("utf-8", "replace")
    words = text.split()
    what = f"{finding} {path}:{stream}\n  {command}\n  {run.stderr.decode('utf-8', 'replace')[:300]}"
    if stated and words[-2:] != [stated, "-"]:
        print(f"does not end in {stated}: {what}")
        continue
    if not stated and not words:
        print(f"shows nothing: {what}")
        continue
    plain = excerpt and re.fullmatch(r"[\x20-\x5b\x5d-\x7e]+", excerpt)
    if length and "| xxd" in command and "tail" in command:
        shown = dumped(text)
        if len(shown) != length:
            print(f"shows {len(shown)} bytes and not {length}: {what}")
            continue
        if shown.startswith(b"**\0\0") and excerpt.startswith("<Event"):
            plain = None
            if not tells(shown, excerpt):
                print(f"does not show {excerpt[:80]!r}: {what}")
                continue
        if plain and not shown.replace(b"\0", b"").startswith(excerpt.encode()):
            print(f"shows {shown[:40]!r} and not {excerpt[:40]!r}: {what}")
            continue
    counts[f"{rests}{' with' if stated else ' without'} a hash"] += 1
print("; ".join(f"{n} {what}" for what, n in sorted(counts.items())))
