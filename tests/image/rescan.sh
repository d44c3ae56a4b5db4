#!/bin/bash
# rescan.sh - new rules over what a case keeps: the findings that the image would give, as far as the case goes, and no others.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3

forge compromised server.raw
forge victim other.raw
triage full 0,3 "$work/server.raw"

# ---- a profile that lacks most rules on content, some on logs and all on names ----
mkdir "$work/less"
cp -r "$top/profiles/hafnium" "$work/less/hafnium"
chmod -R u+w "$work/less"
sed -i '/webshell_/d' "$work/less/hafnium/profile.yaml"
sed -i 1q "$work/less/hafnium/paths/names.csv"
rm "$work"/less/hafnium/sigma/antsword_*.yml "$work/less/hafnium/sigma/ecp_directory_script.yml" "$work/less/hafnium/sigma/shell_answered.yml" 2>/dev/null
triage less 0,3 -p "$work/less/hafnium" "$work/server.raw"
cp -r "$work/less" "$work/before"
cp -r "$work/less" "$work/elsewhere"
cp "$work/less/case.db" "$work/less.db"
run 0,3 rescan "$work/less" -p hafnium
both="ATTACH '$work/full/case.db' AS f; ATTACH '$work/less.db' AS b;"
new='finding NOT IN (SELECT finding FROM b.v_findings)'
columns='finding, evidence, volume, time, level, stage, technique, cve, rule, author, title, path, sha256, mft, seq, stream, offset, length, excerpt, bytes_sha256, ground, rests_on'
sqlite3 "$work/less/case.db" 'SELECT name FROM pragma_table_info("v_findings")' | grep -qx ground || columns=${columns%, bytes_sha256*}
grep -qF "$(sha256sum <"$work/less/case.db" | cut -c1-64)" "$work/less/report.html" && ok || bad 'the report is that of the case before'
expect 'what is found now and was not before has the ids that the image gives it' less "$both SELECT count(*) FROM main.v_findings WHERE $new AND finding NOT IN (SELECT finding FROM f.v_findings)" 0
expect 'and is the same but for how it is said' less "$both SELECT count(*) FROM (SELECT $columns FROM main.v_findings WHERE $new AND rule NOT IN (SELECT rule FROM v_rules WHERE kind = 'sigma') EXCEPT SELECT $columns FROM f.v_findings)" 0
for kind in yara path sigma; do
	expect "rules of all kinds find something: $kind" less "$both SELECT count(*) > 0 FROM main.v_findings WHERE $new AND rule IN (SELECT rule FROM main.v_rules WHERE kind = '$kind')" 1
done
expect 'each says what it rests on' less "$both SELECT count(*) FROM main.v_findings WHERE $new AND basis NOT LIKE '%; rescan: kept % only'" 0
expect 'what was found before stays as it was' less "$both SELECT count(*) FROM (SELECT * FROM b.v_findings EXCEPT SELECT * FROM main.v_findings)" 0
expect 'so do its events' less "$both SELECT count(*) FROM (SELECT * FROM b.event EXCEPT SELECT * FROM main.event)" 0
expect 'that it is no examination is covered' less "SELECT state FROM v_coverage WHERE source = 'rescan'" partly
expect 'and limited' less "SELECT count(*) > 1 FROM v_limitations WHERE what LIKE 'rescan with hafnium%'" 1
expect 'rules say that they were asked of that only' less "SELECT count(*) FROM v_rules WHERE rule IN ('webshell_eval_of_request') AND reason LIKE 'rescan%'" 1
expect 'the case is sound' less "PRAGMA integrity_check" ok
grep -q '"kind":"rescan".*"case_sha256_before":"'"$(sha256sum <"$work/less.db" | cut -c1-64)" "$work/less/run.jsonl" && ok || bad 'run.jsonl does not say what was replaced'
[ -z "$(ls "$work/less/work" | grep rescan)" ] && ok || bad 'something is left of the rescan'

# ---- the commands show the same bytes, with other programs ----
if command -v xxd >/dev/null; then
	checked=0
	while IFS='|' read -r finding hash; do
		command=$(ask less "SELECT reproduce FROM v_findings WHERE finding = '$finding'")
		[ "$(cd "$work/less" && eval "$command" | cut -d' ' -f1)" = "$hash" ] && checked=$((checked + 1)) || bad "this does not reproduce $hash: $command"
	done < <(ask less "$both SELECT finding, sha256 FROM main.v_findings WHERE $new AND reproduce LIKE '%sha256sum'")
	[ "$checked" -ge 10 ] && ok || bad "only $checked commands were tried"
fi

# ---- the same again is the same, wherever ----
cp "$work/less/case.db" "$work/once.db"
run 0,3 rescan "$work/less" -p hafnium
same 'asked twice' "$work/once.db" "$work/less/case.db"
(export TZ=Asia/Kolkata LC_ALL=C.UTF-8 && cd / && run 0,3 rescan "$work/elsewhere" -p hafnium)
same 'in another zone and folder' "$work/once.db" "$work/elsewhere/case.db"
cp -r "$work/full" "$work/again"
run 0,3 rescan "$work/again" -p hafnium
expect 'rules that it was asked by already find nothing new' again "ATTACH '$work/full/case.db' AS f; SELECT count(*) FROM (SELECT * FROM main.v_findings EXCEPT SELECT * FROM f.v_findings)" 0

# ---- rules of one's own ----
mkdir -p "$work/mine/sigma"
shipped=$(ask full "SELECT sha256 FROM v_files WHERE path LIKE '%/owa/auth/logon.aspx' AND sha256 IS NOT NULL LIMIT 1")
cat >"$work/mine/profile.yaml" <<'END'
format: 1
id: mine
version: 1
title: What this test looks for
hashes:
- bad.sha256
yara:
- mine.yar
sigma:
- sigma
END
printf '%s  a page that everybody has\n' "$shipped" >"$work/mine/bad.sha256"
cat >"$work/mine/mine.yar" <<'END'
rule of_mine : test
{
	meta:
		description = "asks the request"
		author = "test"
		score = 75
	strings:
		$a = "Request" nocase
	condition:
		$a
}
END
cat >"$work/mine/sigma/mine.yml" <<'END'
title: A request with the agent of the forged attack
id: 6d0a51c7-8b1b-4e43-9a51-0f6d2e1f7b01
status: experimental
author: test
logsource:
  category: webserver
detection:
  selection:
    cs-user-agent|contains: antSword
  condition: selection
level: high
END
run 0,1 profile lint "$work/mine"
cp -r "$work/full" "$work/mined"
run 0,3 rescan "$work/mined" -p "$work/mine"
expect 'a rule on content' mined "SELECT count(*) > 3 FROM v_findings WHERE rule = 'of_mine'" 1
expect 'on records: the first of each log, with its line' mined "SELECT count(*) > 0 FROM v_findings WHERE rule LIKE '6d0a51c7%' AND excerpt LIKE '%antSword%'" 1
expect 'on hashes of what is not kept' mined "SELECT count(*) > 0 FROM v_findings WHERE rule = 'sha256:$shipped' AND path LIKE '%/logon.aspx' AND basis LIKE '%rescan: kept hashes only'" 1

# ---- before or after a merge it is the same ----
triage other 0,3 "$work/other.raw"
run 0,3 merge -c "$work/late" "$work/full" "$work/other"
run 0,3 rescan "$work/late" -p "$work/mine"
run 0,3 rescan "$work/other" -p "$work/mine"
run 0,3 merge -c "$work/early" "$work/other" "$work/mined"
same 'merged and then asked, or asked and then merged' "$work/late/case.db" "$work/early/case.db"
run 0 campaign "$work/late"

# ---- what cannot be asked ----
run 2 rescan "$work/full"
run 1 rescan "$work/absent" -p "$work/mine"
[ ! -e "$work/absent" ] && ok || bad 'a folder was made for a case that is not there'
cp "$work/mined/case.db" "$work/kept.db"
sqlite3 "$work/mined/case.db" "UPDATE blob SET data = zeroblob(bytes) WHERE rowid = (SELECT min(rowid) FROM blob)"
cp "$work/mined/case.db" "$work/spoiled.db"
run 1 rescan "$work/mined" -p hafnium
same 'a case whose bytes were changed is left as it is' "$work/spoiled.db" "$work/mined/case.db"
finish
