#!/bin/bash
# triage.sh - whole runs over forged servers: what must be found, what must not, and that a case is the same wherever it is made.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3

forge compromised compromised.raw
forge compromised compromised.E01
forge clean clean.raw
forge stomped stomped.raw

# ---- what is there is found, with its place and its times ----
triage c1 0,3 "$work/compromised.raw"
least() { # WHAT CASE SQL NUMBER
	got=$(ask "$2" "$3")
	[ "${got:-0}" -ge "$4" ] && ok "$1" || bad "$1: expected at least $4, got '$got'"
}
expect 'the web shell question is answered' c1 "SELECT verdict FROM v_verdict WHERE question = 'web shell'" exploited
expect 'so is the one for CVE-2021-27065' c1 "SELECT verdict FROM v_verdict WHERE question = 'CVE-2021-27065'" exploited
least 'shells in the Exchange web root' c1 "SELECT count(DISTINCT path) FROM v_findings WHERE path LIKE '%/FrontEnd/HttpProxy/owa/auth/%' AND level IN ('high','critical')" 1
least 'a shell in aspnet_client' c1 "SELECT count(*) FROM v_findings WHERE path LIKE '%/aspnet_client/%' AND level IN ('high','critical')" 1
least 'a shell in a named stream' c1 "SELECT count(*) FROM v_findings WHERE stream <> '' AND level IN ('high','critical')" 1
least 'a deleted shell' c1 "SELECT count(*) FROM v_findings WHERE basis LIKE '%the file is deleted%' AND level IN ('high','critical')" 1
least 'a dump or archive left behind' c1 "SELECT count(*) FROM v_findings WHERE stage IN ('credential-access','collection','exfiltration')" 1
expect 'every finding says how to see it elsewhere' c1 "SELECT count(*) FROM v_findings WHERE coalesce(reproduce,'') = ''" 0
expect 'the MFT is covered' c1 "SELECT count(*) FROM v_coverage WHERE source = 'mft' AND state <> 'read'" 0
least 'public dates stand in the timeline' c1 "SELECT count(*) FROM v_timeline WHERE kind = 'public.date'" 5
expect 'no event is older than the window' c1 "SELECT count(*) FROM v_timeline WHERE time < '2021-01-01'" 0
expect 'the case is sound' c1 "PRAGMA integrity_check" ok

# ---- what is not there is not ----
triage c2 0,3 "$work/clean.raw"
expect 'no grave finding on a clean server' c2 "SELECT count(*) FROM v_findings WHERE level IN ('high','critical')" 0
expect 'but nobody calls it clean' c2 "SELECT verdict FROM v_verdict WHERE question = 'overall'" 'not assessable'

triage c3 0,3 "$work/stomped.raw"
least 'times set by hand are told' c3 "SELECT count(*) FROM v_findings WHERE technique = 'T1070.006'" 1

# ---- the same evidence is the same case ----
triage d1 0,3 -j 1 "$work/compromised.raw"
(export TZ=Asia/Kolkata LC_ALL=C.UTF-8 && cd / && triage d2 0,3 -j 3 "$work/compromised.raw")
same 'one thread, three threads, another zone and folder' "$work/d1/case.db" "$work/d2/case.db"
same 'and as at first' "$work/c1/case.db" "$work/d1/case.db"
triage d3 0,3 "$work/compromised.E01"
expect 'the container makes no difference to the findings' d3 "ATTACH '$work/c1/case.db' AS raw;
	SELECT count(*) FROM (SELECT finding, sha256, path FROM main.v_findings EXCEPT SELECT finding, sha256, path FROM raw.v_findings)" 0
triage m1 0,3 "$work/clean.raw" "$work/stomped.raw"
triage m2 0,3 "$work/stomped.raw"
triage m2 0,3 "$work/clean.raw"
same 'two images at once or one after the other' "$work/m1/case.db" "$work/m2/case.db"
run 0,3 merge -c "$work/m3" "$work/c2" "$work/c3"
same 'or merged from two cases' "$work/m1/case.db" "$work/m3/case.db"

# ---- a case is extended and never overwritten; the tool's own trouble is no result ----
cp "$work/c1/case.db" "$work/before.db"
triage c1 1 --stages walk "$work/compromised.raw"
triage c1 1 -p proxyshell "$work/compromised.raw"
same 'another profile or other stages leave the case as it was' "$work/before.db" "$work/c1/case.db"
triage c1 0,3 "$work/compromised.raw"
same 'the same again changes nothing' "$work/before.db" "$work/c1/case.db"
mkdir "$work/one" "$work/two"
cp "$work/stomped.raw" "$work/one/disk.raw"
cp "$work/clean.raw" "$work/two/disk.raw"
triage t1 3 "$work/one/disk.raw" "$work/two/disk.raw" "$work/absent.raw"
expect 'files of one name are two exhibits, and what is not there is a third' t1 "SELECT group_concat(name, ' ') FROM v_evidence" 'absent.raw one/disk.raw two/disk.raw'
least 'why it was not examined is in the case' t1 "SELECT count(*) FROM v_limitations WHERE what LIKE '%No such file%'" 1
python3 -c 'import json, sys; [json.loads(line) for line in open(sys.argv[1])]' "$work/c1/run.jsonl" && ok || bad 'run.jsonl is not JSON'
grep -q '"arguments":\[.*compromised.raw' "$work/c1/run.jsonl" && ok || bad 'the command line is not in run.jsonl'
printf 'image,sha256\n%s,%064d\n' "$work/stomped.raw" 0 >"$work/list.csv"
triage v1 4 --verify --manifest "$work/list.csv"

# ---- what is gone is not charged to who had it ----
cat >"$work/reused.scenario" <<'END'
seed 7
disk bare
time 2021-02-28T03:00:00.0000000Z
volume v size=16M label=V letter=C
dir inetpub\wwwroot\aspnet_client
file inetpub\wwwroot\aspnet_client\gone.aspx nonresident = words 5000
delete inetpub\wwwroot\aspnet_client\gone.aspx reuse
file Users\mail.eml nonresident = shell oab password=x
file Users\big.bin = random 11000000
END
if "$forge_program" "$work/reused.scenario" -o "$work/reused.raw" 2>"$work/stderr"; then
	triage r1 0,3 "$work/reused.raw"
	expect 'an overwritten file has no hash' r1 "SELECT count(*) || ' ' || count(sha256) FROM v_files WHERE path LIKE '%/gone.aspx'" '1 0'
	expect 'and what lies there now is no finding of it' r1 "SELECT count(*) FROM v_findings WHERE path LIKE '%/gone.aspx' AND rule LIKE '%oab%'" 0
else
	bad "the scenario of a reused file: $(cat "$work/stderr")"
fi

# ---- the bytes of a finding, without the image ----
finding=$(ask c1 "SELECT finding FROM v_findings WHERE level = 'critical' AND sha256 IS NOT NULL ORDER BY finding LIMIT 1")
run 0 extract "$work/c1" "$finding" -o "$work/out"
(cd "$work/out" && sha256sum --quiet -c MANIFEST.sha256 2>/dev/null) && ok 'extract' || bad 'the extracted bytes are not those of the manifest'
run 0 show "$work/c1" "$finding"
grep -q "$finding" "$work/stdout" && ok 'show' || bad 'show does not show the finding'
command=$(ask c1 "SELECT reproduce FROM v_findings WHERE finding = '$finding'")
hash=$(ask c1 "SELECT sha256 FROM v_findings WHERE finding = '$finding'")
if command -v icat >/dev/null; then
	[ "$(cd "$work" && eval "$command" | tail -1 | cut -d' ' -f1)" = "$hash" ] && ok 'the command that reproduces it' || bad "this does not reproduce $hash: $command"
fi

# ---- what others read ----
for format in csv jsonl timesketch bodyfile l2tcsv; do
	run 0 export "$work/c1" --format $format -o "$work/export.$format"
	[ -s "$work/export.$format" ] && ok "export $format" || bad "export $format is empty"
done
for verb in status verdict findings timeline coverage files limitations rules evidence volumes; do
	run 0 $verb "$work/c1" --json
	python3 -c 'import json,sys; [json.loads(l) for l in open(sys.argv[1])] if sys.argv[2] != "status" or True else 0' "$work/stdout" $verb &&
		ok "$verb --json" || bad "$verb --json is not JSON"
done
finish
