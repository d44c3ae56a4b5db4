#!/bin/bash
# exports.sh - the case for other tools: STIX and CASE held against their specifications, the others against who reads them.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need python3

forge compromised compromised.E01
forge hostile hostile.raw
forge clean clean.raw
triage all 0,3 --verify --exhibit 'A-1 "x" <b>' "$work/compromised.E01" "$work/clean.raw"
triage odd 0,3 "$work/hostile.raw"

check() { # FORMAT CASE
	run 0 export "$work/$2" --format $1 -o "$work/$2.$1"
	python3 "$here/exports.py" $1 "$work/$2.$1" "$work/$2/case.db" >"$work/stdout" 2>&1 && ok ||
		{ bad "$1 of $2"; tail -1 "$work/stdout" | cut -c1-600; }
}
check stix all
check case all
check case odd

# ---- the same case is the same export, wherever it is written ----
for format in stix case csv jsonl timesketch bodyfile l2tcsv; do
	(export TZ=Asia/Kolkata LC_ALL=C.UTF-8 && cd / && run 0 export "$work/all" --format $format -o "$work/again.$format")
	run 0 export "$work/all" --format $format
	same "$format in another zone" "$work/stdout" "$work/again.$format"
	rm "$work/again.$format"
done
run 1 export "$work/all" --format stix -o "$work/all.stix"
grep -q 'left out' "$work/stderr" || run 0 export "$work/all" --format stix
grep -q 'shells, canaries, host strings (left out)' "$work/stderr" && ok || bad 'what STIX cannot say is not said'

# ---- text that a spreadsheet would run ----
cat >"$work/formulas.scenario" <<'END'
seed 7
disk bare
time 2021-02-28T03:00:00.0000000Z
volume v size=16M label="=1+2" letter=C
dir inetpub\wwwroot\aspnet_client
file inetpub\wwwroot\aspnet_client\x.aspx = shell jscript
stream inetpub\wwwroot\aspnet_client\x.aspx "=cmd|' {U+002F}C calc'!A0" = text x
stream inetpub\wwwroot\aspnet_client\x.aspx "@SUM(1)" = text x
stream inetpub\wwwroot\aspnet_client\x.aspx "-1+2" = text x
END
"$forge_program" "$work/formulas.scenario" -o "$work/formulas.raw" >/dev/null 2>"$work/stderr" || bad "forging formulas: $(cat "$work/stderr")"
triage formulas 0,3 "$work/formulas.raw"
run 0 export "$work/formulas" --format csv --view files --bom
tamed=$(sed -n 's/^\([0-9]*\) cells that a spreadsheet would run.*/\1/p' "$work/stderr")
python3 - "$work/stdout" "${tamed:-0}" <<'END' && ok || bad 'csv of hostile names'
import csv, sys
raw = open(sys.argv[1], 'rb').read()
assert raw.startswith(b'\xef\xbb\xbf'), 'no byte order mark'
text = raw[3:].decode('utf-8')
rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
cells = [cell for row in rows[1:] for cell in row]
# a number may begin with a minus, and runs nothing
bad = [c for c in cells if c.lstrip(" ")[:1] in set('=+-@\t\r') and c and not c.lstrip('-').isdigit()]
assert not bad, bad[:3]
assert not any(ord(ch) < 32 or 0x200b <= ord(ch) <= 0x200f or 0x202a <= ord(ch) <= 0x202e for c in cells for ch in c), 'a control character'
apostrophes = sum(c.startswith("'") for c in cells)
assert apostrophes >= 3 and int(sys.argv[2]) == apostrophes, (sys.argv[2], apostrophes)
END

# ---- mactime reads the bodyfile, log2timeline's readers the 17 fields, Timesketch its three columns ----
run 0 export "$work/all" --format timesketch -o "$work/t.csv"
run 0 export "$work/all" --format l2tcsv -o "$work/l.csv"
python3 - "$work/t.csv" "$work/l.csv" <<'END' && ok || bad 'timesketch or l2tcsv'
import csv, datetime, sys
for row in csv.DictReader(open(sys.argv[1], encoding='utf-8', newline=''), strict=True):
	assert row['message'] and row['timestamp_desc'] and '1700' <= row['datetime'][:4] <= '9999', row
	datetime.datetime.fromisoformat(row['datetime'])
lines = list(csv.reader(open(sys.argv[2], encoding='utf-8', newline=''), strict=True))
assert all(len(line) == 17 for line in lines) and len(lines) > 100
for line in lines[1:]:
	datetime.datetime.strptime(line[0] + ' ' + line[1], '%m/%d/%Y %H:%M:%S')
	assert line[2] == 'UTC' and len(line[3]) == 4 and line[11] == '2', line
END
if command -v mactime >/dev/null; then
	run 0 export "$work/all" --format bodyfile -o "$work/body"
	awk -F'|' 'NF != 11' "$work/body" | grep -q . && bad 'a line of the bodyfile has not 11 fields' || ok
	mactime -b "$work/body" -d -y -z UTC 2021-01-01 >"$work/mactime.csv" 2>"$work/stderr"
	grep -q 'RedirSuiteServerProxy.aspx' "$work/mactime.csv" && ok || bad 'mactime does not show the shell'
fi
finish
