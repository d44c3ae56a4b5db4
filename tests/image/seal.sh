#!/bin/bash
# seal.sh - a case is sealed, and whatever is done to it afterwards is found and named; other programs agree.
set -u
. "$(dirname "$0")/common.sh"
need_forge
for program in sqlite3 python3 openssl sha256sum; do need $program; done

cat >"$work/small.scenario" <<'END'
seed 62
disk gpt
time 2021-03-01T10:00:00.0000001Z
volume data size=24M label=Data letter=C
dir inetpub\wwwroot\aspnet_client\system_web
file inetpub\wwwroot\aspnet_client\system_web\shell.aspx nonresident = shell oab password=orange
END
"$forge_program" "$work/small.scenario" -o "$work/small.raw" >/dev/null 2>"$work/stderr" || bad "forging: $(cat "$work/stderr")"
triage c 0,3 "$work/small.raw"
finding=$(ask c 'SELECT finding FROM v_findings LIMIT 1')
before=$(sha256sum <"$work/c/case.db")

# ---- notes and tags: added, shown, and none of the case's business ----
run 1 audit "$work/c" # not sealed yet
run 2 note "$work/c" "$finding" 'who says so?'
run 1 note "$work/c" 0123456789abcdef --author A 'no such finding'
run 0 note "$work/c" "$finding" --author 'A. Examiner' 'seen by hand:' $'a "shell",\e[31m with\nlines'
run 0 tag "$work/c" "$finding" --author 'B "the other" Examiner' confirmed court
run 0 show "$work/c" "$finding"
grep -qF 'note by A. Examiner: seen by hand: a "shell",\u{1b}[31m with\u{a}lines' "$work/stdout" && ok || bad "show does not show the note: $(tail -3 "$work/stdout")"
[ "$(grep -c ' tag by B "the other" Examiner: ' "$work/stdout")" = 2 ] && ok || bad 'show does not show the tags'
run 0 findings "$work/c" --notes
[ "$(grep -c "^$finding .* by " "$work/stdout")" = 3 ] && ok || bad 'findings --notes does not show the notes'
run 0 findings "$work/c"
grep -q ' by A. Examiner' "$work/stdout" && bad 'findings shows notes that nobody asked for' || ok
run 0 findings "$work/c" --notes --json
python3 -c 'import json, sys; n = [json.loads(l) for l in open(sys.argv[1])]; assert [m["text"] for m in n if m.get("kind") == "note"] == ["seen by hand: a \"shell\",\x1b[31m with\nlines"]' "$work/stdout" && ok || bad 'the note is not what was written'
[ "$before" = "$(sha256sum <"$work/c/case.db")" ] && ok || bad 'a note changed case.db'
run 0,3 export "$work/c" --format csv -o "$work/c/timeline.csv"
mkdir -p "$work/c/exports/deep"
echo 'an export' >"$work/c/exports/deep/one two.txt"
: >"$work/c/exports/empty"

# ---- sealed, as others see it ----
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/rsa.pem" 2>/dev/null
openssl pkey -in "$work/rsa.pem" -pubout -out "$work/rsa.pub" 2>/dev/null
openssl genpkey -algorithm ED25519 -out "$work/ed.pem" 2>/dev/null
openssl ecparam -name prime256v1 -genkey -noout -out "$work/ec.pem" 2>/dev/null
run 0 seal "$work/c" --sign-key "$work/rsa.pem"
manifest=$(sed -n 's/^manifest.json has the SHA-256 //p' "$work/stdout")
[ "$manifest" = "$(sha256sum <"$work/c/manifest.json" | cut -d' ' -f1)" ] && ok || bad 'the hash of the manifest is another'
(cd "$work/c" && sha256sum --strict --quiet -c SHA256SUMS) >"$work/told" 2>&1 && ok || bad "sha256sum -c: $(cat "$work/told")"
python3 - "$work/c" <<-'END' && ok || bad 'the manifest does not list what is there'
	import hashlib, json, os, sys
	m = json.load(open(sys.argv[1] + "/manifest.json"))
	seal = {"run.jsonl", ".lock", "SHA256SUMS"} | {n for n in os.listdir(sys.argv[1]) if n.startswith("manifest.json")}
	there = {os.path.relpath(os.path.join(d, f), sys.argv[1]) for d, _, fs in os.walk(sys.argv[1]) for f in fs} - seal
	assert there == {f["name"] for f in m["files"]} >= {"case.db", "notes.jsonl", "exports/deep/one two.txt"}, there
	for f in m["files"]:
	    data = open(os.path.join(sys.argv[1], f["name"]), "rb").read()
	    assert (len(data), hashlib.sha256(data).hexdigest()) == (f["bytes"], f["sha256"]), f
	run = open(sys.argv[1] + "/run.jsonl", "rb").read()
	assert hashlib.sha256(run[:m["run"]["bytes"]]).hexdigest() == m["run"]["sha256"]
	prev = "0" * 64
	for line in run.splitlines():
	    row = json.loads(line)
	    assert row["prev"] == prev and row["self"] == hashlib.sha256(line[:line.rindex(b',"self"')]).hexdigest()
	    prev = hashlib.sha256(line).hexdigest()
	assert row["kind"] == "seal" and row["manifest.json"] == hashlib.sha256(open(sys.argv[1] + "/manifest.json", "rb").read()).hexdigest()
END
(cd "$work/c" && openssl dgst -sha256 -verify manifest.json.pub -signature manifest.json.sig manifest.json) >"$work/told" 2>&1 && ok || bad "openssl dgst: $(cat "$work/told")"
same 'the public key is that of the private one' "$work/rsa.pub" "$work/c/manifest.json.pub"
openssl ts -query -in "$work/c/manifest.json.tsq" -text >"$work/told" 2>&1
imprint=$(sed -n 's/^ *00[01]0 - \([0-9a-f -]*\)   .*/\1/p' "$work/told" | tr -d ' \n-')
[ "$imprint" = "$manifest" ] && grep -q 'Hash Algorithm: sha256' "$work/told" && ok || bad "openssl ts -query: $(cat "$work/told")"
run 0 audit "$work/c"
grep -vqE '^(ok|note) ' "$work/stdout" && bad "audit of an untouched case: $(cat "$work/stdout")" || ok
run 0 audit "$work/c" --key "$work/rsa.pub"
run 0 audit "$work/c" --json
python3 -c 'import json, sys; assert {json.loads(l)["state"] for l in open(sys.argv[1])} == {"ok", "note"}' "$work/stdout" && ok || bad 'audit --json'
openssl pkey -in "$work/ec.pem" -pubout -out "$work/ec.pub" 2>/dev/null
run 4 audit "$work/c" --key "$work/ec.pub"
grep -q '^broken *manifest.json.sig: ' "$work/stdout" && ok || bad 'the signature of another key is not named'

# ---- one change at a time: found, and named ----
cat >"$work/tamper.py" <<'END'
"""Does everything to every file of a sealed case, one thing at a time, and asks whether the audit names it."""
import os
import shutil
import subprocess
import sys

postmortem, case = sys.argv[1:3]
files = sorted(os.path.relpath(os.path.join(d, f), case) for d, _, fs in os.walk(case) for f in fs)
files.remove(".lock")
copy = case + ".copy"
tried = wrong = 0


def ask(what, name, states):
    global tried, wrong
    tried += 1
    run = subprocess.run([postmortem, "audit", case], capture_output=True, text=True)
    named = [line for line in run.stdout.splitlines()
             if line.split()[0] in states and line[9:].split(": ")[0] == name]
    if run.returncode != 4 or not named:
        wrong += 1
        print(f"{what} {name}: status {run.returncode}, {run.stdout[-600:]}")


def change(what, name, states, act):
    path = os.path.join(case, name)
    shutil.copy2(path, copy)
    act(path)
    ask(what, name, states)
    if os.path.lexists(path):
        os.remove(path)
    shutil.move(copy, path)


def flip(at, mask):
    def act(path):
        with open(path, "r+b") as f:
            f.seek(at)
            byte = f.read(1)[0]
            f.seek(at)
            f.write(bytes([byte ^ mask]))
    return act


def link(path):
    shutil.copy(path, case + ".elsewhere")
    os.remove(path)
    os.symlink(case + ".elsewhere", path)


for name in files:
    size = os.path.getsize(os.path.join(case, name))
    for at in sorted({0, size // 3, size // 2, size - 2, size - 1} & set(range(size))):
        change(f"byte {at} flipped in", name, ("changed", "broken"), flip(at, 1))
    if name.endswith(".jsonl"):
        for at in range(0, size, max(1, size // 40)):
            change(f"byte {at} flipped in", name, ("changed", "broken"), flip(at, 0x20))
    change("appended to", name, ("changed", "broken"), lambda path: open(path, "ab").write(b"\n"))
    if size:
        change("cut short", name, ("changed", "broken"), lambda path: os.truncate(path, size - 1))
        change("emptied", name, ("changed", "broken", "missing"), lambda path: os.truncate(path, 0))
    change("deleted", name, ("missing", "broken"), os.remove)
    change("replaced by a link", name, ("changed", "broken"), link)

# whole lines of the chains
for name in ("run.jsonl", "notes.jsonl"):
    lines = open(os.path.join(case, name), "rb").readlines()
    for i in range(len(lines)):
        change(f"line {i} taken out of", name, ("changed", "broken"),
               lambda path: open(path, "wb").writelines(lines[:i] + lines[i + 1:]))
    change("lines swapped in", name, ("changed", "broken"),
           lambda path: open(path, "wb").writelines([lines[1], lines[0]] + lines[2:]))
    change("a line doubled in", name, ("changed", "broken"), lambda path: open(path, "wb").writelines(lines + lines[-1:]))

# two files for each other
a, b = os.path.join(case, "timeline.csv"), os.path.join(case, "exports/deep/one two.txt")
for _ in range(2):
    os.rename(a, copy), os.rename(b, a), os.rename(copy, b)
    if not _:
        ask("swapped", "timeline.csv", ("changed",))
# what was never there
for name in ("new.txt", "exports/deep/.hidden", "case.db-journal", "work", "manifest.json.minisig", "run.jsonl.bak"):
    with open(os.path.join(case, name), "w") as f:
        f.write("x")
    ask("added", name, ("added",))
    os.remove(os.path.join(case, name))
print(f"{tried} tried, {wrong} wrong")
END
cp -a "$work/c" "$work/whole"
python3 "$work/tamper.py" "$postmortem" "$work/c" >"$work/told" 2>&1
tail -1 "$work/told" | grep -qE '^[1-9][0-9]{2,} tried, 0 wrong$' && ok || { bad 'changes that the audit does not find:'; head -20 "$work/told"; }
run 0 audit "$work/c"

# ---- a sealed case goes on in the open only ----
run 4 seal "$work/c"
grep -q 'sealed already' "$work/stderr" && ok || bad 'a second seal is not refused'
run 0 verify -c "$work/c"
run 0 audit "$work/c"
grep -q "^note *run.jsonl: 1 lines of 'verify -c'" "$work/stdout" && ok || bad 'what was verified since is not told'
run 0 note "$work/c" "$finding" --author C 'one more'
grep -q 'breaks the seal' "$work/stderr" && ok || bad 'nobody is told that the seal breaks'
tail -2 "$work/c/run.jsonl" | head -1 | grep -q '"kind":"unsealed","by":"note"' && ok || bad 'run.jsonl does not say that the seal breaks'
run 4 audit "$work/c"
grep -q "^broken *run.jsonl: the seal of line [0-9]* was broken by 'note'" "$work/stdout" && ok || bad 'the audit does not say who broke the seal'
grep -q '^changed *notes.jsonl' "$work/stdout" && ok || bad 'notes.jsonl has changed since'
run 0 seal "$work/c" --renew --sign-key "$work/ed.pem"
run 0 audit "$work/c"
(cd "$work/c" && openssl pkeyutl -verify -pubin -inkey manifest.json.pub -rawin -in manifest.json -sigfile manifest.json.sig) >"$work/told" 2>&1 && ok || bad "openssl pkeyutl: $(cat "$work/told")"
(cd "$work/c/former-seals/"* && openssl dgst -sha256 -verify manifest.json.pub -signature manifest.json.sig manifest.json) >"$work/told" 2>&1 && ok || bad 'the seal before is not kept'
tail -1 "$work/c/run.jsonl" | grep -q "\"renews\":\"$manifest\"" && ok || bad 'the line of the seal does not name the one before'
run 0 seal "$work/c" --renew --sign-key "$work/ec.pem"
(cd "$work/c" && openssl dgst -sha256 -verify manifest.json.pub -signature manifest.json.sig manifest.json) >/dev/null 2>&1 && ok || bad 'the signature of an EC key'
triage c 0,3 "$work/small.raw"
run 4 audit "$work/c"
grep -q "broken by 'start'" "$work/stdout" && ok || bad 'a new run does not break the seal'

# ---- an answer of a time stamp authority ----
cp -a "$work/whole/." "$work/stamped"
cat >"$work/tsa.cnf" <<END
[tsa]
default_tsa = here
[here]
serial = $work/serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
[ext]
extendedKeyUsage = critical,timeStamping
END
if openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/tsa.pem" -out "$work/tsa.crt" -subj /CN=tsa -days 30 -extensions ext -config <(printf '[req]\ndistinguished_name=dn\n[dn]\n'; cat "$work/tsa.cnf") 2>"$work/told" &&
	openssl ts -reply -config "$work/tsa.cnf" -queryfile "$work/stamped/manifest.json.tsq" -inkey "$work/tsa.pem" -signer "$work/tsa.crt" -out "$work/stamped/manifest.json.tsr" 2>"$work/told"; then
	openssl ts -verify -queryfile "$work/stamped/manifest.json.tsq" -in "$work/stamped/manifest.json.tsr" -CAfile "$work/tsa.crt" >"$work/told" 2>&1 && ok || bad "openssl ts -verify: $(cat "$work/told")"
	run 0 audit "$work/stamped"
	grep -q '^note *manifest.json.tsr: a time stamp of the manifest from 20' "$work/stdout" && ok || bad 'the time stamp is not told'
	cp "$work/stamped/manifest.json.tsr" "$work/c/"
	run 4 audit "$work/c"
	grep -q '^broken *manifest.json.tsr: ' "$work/stdout" && ok || bad 'the time stamp of another manifest is not named'
else
	bad "no answer of a time stamp authority: $(cat "$work/told")"
fi

# ---- minisign, where it is ----
if command -v minisign >/dev/null; then
	minisign -G -W -p "$work/mini.pub" -s "$work/mini.key" >/dev/null 2>&1
	cp -a "$work/whole/." "$work/mini"
	run 0 seal "$work/mini" --renew --sign-key "$work/mini.key"
	(cd "$work/mini" && minisign -V -q -p "$work/mini.pub" -m manifest.json) && ok || bad 'minisign does not verify the signature'
	run 0 audit "$work/mini" --key "$work/mini.pub"
	grep -q '^note *manifest.json.minisig: a signature of the manifest by the key' "$work/stdout" && ok || bad 'the audit does not check minisign'
	minisign -G -W -f -p "$work/other.pub" -s "$work/other.key" >/dev/null 2>&1
	run 4 audit "$work/mini" --key "$work/other.pub"
fi

# ---- what cannot be sealed ----
cp -a "$work/whole/." "$work/odd"
ln -s /etc/passwd "$work/odd/link"
run 1 seal "$work/odd" --renew
grep -q 'link cannot be sealed: it is a link' "$work/stderr" && ok || bad 'a link is not refused'
rm "$work/odd/link"
sed -i 's/"kind":"end"/"kind":"END"/' "$work/odd/run.jsonl"
run 4 seal "$work/odd" --renew
grep -q 'run.jsonl is broken at line' "$work/stderr" && ok || bad 'a broken chain is sealed'
run 1 seal "$work/whole" --renew --sign-key "$work/rsa.pub"
finish
