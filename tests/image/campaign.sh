#!/bin/bash
# campaign.sh - several servers in one case: what they share, in which order they were hit, and how far it went.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3

forge victim late.raw --set day=2021-03-03
forge victim early.raw --set page=errorEE --set password=apple --set server=MAIL2
forge victim spared.raw --set crew=nobody --set server=MAIL3
triage all 0,3 "$work/late.raw" "$work/early.raw" "$work/spared.raw"

# ---- what two of them share, and the third has not ----
shared() { # KIND WHERE VALUE
	expect "the same $1 on two servers" all "SELECT group_concat(name || ' of ' || exhibits, ', ') FROM (SELECT * FROM v_campaign WHERE kind = '$1' AND $2 ORDER BY number)" "$3"
}
both='early.raw of 2, late.raw of 2'
shared shell "value <> ''" "$both"
shared address "value = '192.0.2.40'" "$both"
shared 'user agent' "value = 'antSword/v2.1'" "$both"
shared canary "value = 'c4n4ry.'" "$both"
shared 'host string' "value = 'oab.invalid'" "$both"
expect 'though no byte for byte copy of the shell is on both' all "SELECT count(*) FROM v_campaign WHERE kind = 'file'" 0
expect 'nothing leads to the third' all "SELECT count(*) FROM v_campaign WHERE name = 'spared.raw'" 0
expect 'every row names its findings' all "SELECT count(*) FROM v_campaign c WHERE kind <> 'account' AND NOT EXISTS (SELECT 1 FROM v_findings f WHERE f.evidence = c.evidence AND instr(c.findings, f.finding))" 0
expect 'and what lies in the lines is in the raw line, too' all "SELECT count(*) FROM v_campaign c WHERE kind IN ('address', 'canary') AND NOT EXISTS (SELECT 1 FROM v_timeline t WHERE t.evidence = c.evidence AND instr(t.raw, c.value))" 0

# ---- who was first, and how far it went ----
expect 'the order of the victims' all "SELECT group_concat(coalesce(number, '-') || ' ' || name, ', ') FROM (SELECT * FROM v_victims ORDER BY number IS NULL, number)" '1 early.raw, 2 late.raw, - spared.raw'
expect 'the first is first by its earliest grave finding' all "SELECT v.first = (SELECT min(time) FROM v_findings f WHERE f.evidence = v.evidence AND level IN ('high', 'critical') AND time >= '2021-01-01') FROM v_victims v WHERE number = 1" 1
expect 'the matrix counts all findings that have a stage' all "SELECT (SELECT total(findings) FROM v_matrix) - (SELECT count(*) FROM v_findings WHERE stage IS NOT NULL)" 0.0
expect 'initial access on two of them' all "SELECT group_concat(name, ' ') FROM (SELECT name FROM v_matrix WHERE stage = 'initial-access' ORDER BY number)" 'early.raw late.raw'
run 0 campaign "$work/all"
grep -q '^  1  2021-03-01T03:14:03 .*early.raw$' "$work/stdout" && grep -q '^  -  -  .*spared.raw$' "$work/stdout" && ok || { bad 'the matrix on a terminal'; head -8 "$work/stdout"; }
grep -q '^shell .*late.raw' "$work/stdout" && ok || bad 'the shell is not among what the terminal shows'
run 0 campaign "$work/all" --json
[ "$(wc -l <"$work/stdout")" = "$(ask all 'SELECT count(*) FROM v_campaign')" ] && ok || bad 'as JSON not all rows'
for view in v_matrix v_victims v_indicators; do
	run 0 export "$work/all" --format jsonl --view $view
	[ -s "$work/stdout" ] && ok || bad "$view cannot be exported"
done

# ---- one by one and merged it is the same ----
for image in late early spared; do triage $image 0,3 "$work/$image.raw"; done
expect 'one exhibit shares nothing' early "SELECT count(*) FROM v_campaign" 0
run 0 campaign "$work/early"
grep -q '^No two exhibits share' "$work/stdout" && ok || bad 'that nothing is shared is not said'
run 0,3 merge -c "$work/merged" "$work/spared" "$work/late" "$work/early"
same 'merged from three cases' "$work/all/case.db" "$work/merged/case.db"
finish
