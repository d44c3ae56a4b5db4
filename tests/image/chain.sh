#!/bin/bash
# chain.sh - the judgement: what hangs together on a compromised server and by what, which verdict every shipped scenario
# gets, and what becomes of it when the source that it needs is taken away.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
expected=$top/fixtures/verdict
cp "$top"/fixtures/scenarios/*.part "$work"

# examine NAME SCENARIO : forged and examined
examine() {
	if "$forge_program" "$2" -o "$work/$1.raw" >/dev/null 2>"$work/stderr"; then
		triage "$1" 0,3 --no-control "$work/$1.raw"
	else
		bad "forging $1: $(cat "$work/stderr")"
	fi
	rm -f "$work/$1.raw"
}

# ---- every shipped scenario has its verdicts ----
for golden in "$expected"/*.expected; do
	name=$(basename "$golden" .expected)
	[ "$name" = compromised ] && keep=1 || keep=
	"$forge_program" "$top/fixtures/scenarios/$name.scenario" -o "$work/$name.raw" >/dev/null 2>"$work/stderr" ||
		bad "forging $name: $(cat "$work/stderr")"
	triage "$name" 0,3 --no-control "$work/$name.raw"
	[ -n "$keep" ] || rm -f "$work/$name.raw"
	ask "$name" "SELECT question || ': ' || verdict FROM v_verdict ORDER BY evidence, question" >"$work/$name.out"
	cmp -s "$golden" "$work/$name.out" && ok || { bad "$name: not as $golden"; diff "$golden" "$work/$name.out"; }
	expect "$name: every answer says what would change it" "$name" "SELECT count(*) FROM v_verdict WHERE coalesce(changes, '') = ''" 0
	expect "$name: and every finding how sure it is" "$name" "SELECT count(*) FROM v_findings WHERE confidence IS NULL OR reasons IS NULL" 0
done

# ---- one chain of the compromised server ----
rows="SELECT finding FROM v_findings UNION SELECT event FROM v_timeline"
expect 'a chain from the forged request to the fetched archive' compromised "SELECT edges >= 6 AND confidence = 'confirmed' AND level = 'critical'
	FROM v_chain WHERE first LIKE '2021-02-28T03:14:01%' AND last >= '2021-03-01T02:07'" 1
expect 'the visit of January is another' compromised "SELECT count(*) FROM v_chain WHERE first LIKE '2021-01-06T11:02:41%' AND last LIKE '2021-01-06%'" 1
expect 'both rows of every edge are there' compromised "SELECT count(*) FROM v_edges WHERE from_row NOT IN ($rows) OR to_row NOT IN ($rows) OR from_row = to_row" 0
expect 'time alone is told where it is, and nowhere else' compromised "SELECT count(*) FROM v_edges WHERE time_only <> (basis = 'time') OR time_only <> (words LIKE '%nothing but that joins them%')" 0
for basis in 'request id' 'back-end URL, canary' canary 'object GUID' content path 'client address' time; do
	expect "an edge by $basis" compromised "SELECT count(*) > 0 FROM v_edges WHERE basis = '$basis'" 1
done
expect 'the chain is as long as its edges' compromised "SELECT count(*) FROM v_chain c WHERE edges <> (SELECT count(*) FROM v_edges e WHERE e.chain = c.chain)" 0
expect 'the scanner of March is in none' compromised "SELECT count(*) FROM v_edges e JOIN v_timeline t ON t.event IN (e.from_row, e.to_row) WHERE t.subject = '198.51.100.5'" 0
expect 'the command is joined to the page by its text' compromised "SELECT count(*) FROM v_edges e JOIN v_findings f ON f.finding = e.to_row
	WHERE e.basis = 'content' AND e.from_kind = 'ecp.command' AND f.path LIKE '%/RedirSuiteServerProxy.aspx'" 1
expect 'Windows tells of the command, of the page that it wrote, and of what the shell started' compromised "SELECT group_concat(DISTINCT kind) FROM (
	SELECT CASE WHEN words LIKE '%MSExchange Control Panel 47%' THEN 'command' WHEN words LIKE '%5145%' AND basis = 'path' THEN 'file'
	WHEN words LIKE '%cmd.exe%' THEN 'process' END AS kind FROM v_edges WHERE 'evtx.record' IN (from_kind, to_kind) ORDER BY kind)" 'command,file,process'
expect 'what several sources tell is confirmed' compromised "SELECT count(*) > 0 FROM v_findings WHERE confidence = 'confirmed' AND witnesses > 2 AND path LIKE '%/RedirSuiteServerProxy.aspx'" 1
expect 'a medium finding by itself is not' compromised "SELECT count(*) FROM v_findings WHERE confidence = 'confirmed' AND level NOT IN ('high', 'critical')" 0
expect 'rows of the coverage that answers rest on are there' compromised "SELECT count(*) FROM v_verdict v WHERE coverage IS NULL OR
	NOT EXISTS (SELECT 1 FROM v_coverage c WHERE v.coverage || '-' LIKE c.id || '-%' OR v.coverage || ' ' LIKE c.id || ' %')" 0
expect 'findings of verdicts are there' compromised "WITH RECURSIVE w(rest, id) AS (SELECT findings || ' ', NULL FROM v_verdict WHERE findings <> ''
	UNION ALL SELECT substr(rest, instr(rest, ' ') + 1), substr(rest, 1, instr(rest, ' ') - 1) FROM w WHERE rest <> '')
	SELECT count(*) FROM w WHERE id IS NOT NULL AND id NOT IN (SELECT finding FROM v_findings)" 0
run 0 chain "$work/compromised"
run 0 chain "$work/compromised" --json
python3 -c 'import json, sys; [json.loads(line) for line in open(sys.argv[1])]' "$work/stdout" && ok || bad 'chain --json is not JSON'

# ---- witnesses and clocks ----
expect 'a page whose times agree' compromised "SELECT says FROM v_witnesses WHERE witness = 'conclusion' AND path LIKE '%/supp0rt.aspx'" consistent
expect 'its compile record and its first request are heard' compromised "SELECT count(DISTINCT witness) FROM v_witnesses WHERE path LIKE '%/supp0rt.aspx' AND witness IN ('compile cache', 'first request') AND says = 'agrees'" 2
expect 'nobody else tells of a time that was set' stomped "SELECT says FROM v_witnesses WHERE witness = 'conclusion' AND path LIKE '%/exact.aspx'" doubtful
expect 'a saved directory tells of itself that it is younger' stomped "SELECT says FROM v_witnesses WHERE witness = 'conclusion' AND path LIKE '%/older.aspx'" 'set back'
expect 'two writers of one request, and what lies between' compromised "SELECT count(*) > 3 AND min(CAST(seconds AS REAL)) >= 0 AND max(CAST(seconds AS REAL)) < 1 FROM v_clock WHERE pair = 'IIS and another log'" 1
expect 'the directory service against the host' compromised "SELECT count(*) FROM v_clock WHERE pair = 'estimate: offset of the host' AND abs(CAST(seconds AS REAL)) < 3" 1
expect 'no estimate without two clocks' beside "SELECT count(*) FROM v_clock WHERE pair = 'estimate: offset of the host' AND seconds IS NULL" 1

# ---- before and after the patch ----
expect 'how the indicators lie to the patch' patched "SELECT reason LIKE '%first indicator 57.% days before that, last indicator % days after that%' FROM v_verdict WHERE question = 'overall'" 1
expect 'in a sentence of its own' patched "SELECT reason LIKE '%. The compromise is older than the patch: its first indicator is 57.% days before it' FROM v_verdict WHERE question = 'overall'" 1
sed '/^# the owner.s clean-up/i visit 2021-03-05T10:00:00.5520000Z china POST /aspnet_client/supp0rt.aspx taken=91' "$top/fixtures/scenarios/patched.scenario" >"$work/inside.scenario"
examine inside "$work/inside.scenario"
expect 'a shell that was used after the patch' inside "SELECT reason LIKE '%. A shell was still used after the patch: the last sign of that is 0.5 days after it' FROM v_verdict WHERE question = 'overall'" 1
expect 'none but the whole has these sentences' inside "SELECT count(*) FROM v_verdict WHERE question <> 'overall' AND reason LIKE '%. %shell was still used%'" 0
expect 'and that there was none' compromised "SELECT reason LIKE '%to the end of what the exhibit tells, without the fix%' FROM v_verdict WHERE question = 'CVE-2021-26855'" 1

# ---- a source is taken away: what rests on it cannot be told ----
# without NAME SED : the compromised server, its lines edited
without() {
	sed "$2" "$top/fixtures/scenarios/attack.part" >"$work/attack.part"
	sed "$2" "$top/fixtures/scenarios/compromised.scenario" >"$work/$1.scenario"
	examine "$1" "$work/$1.scenario"
}
verdict() { # NAME QUESTION VERDICT
	expect "$1: $2" "$1" "SELECT verdict FROM v_verdict WHERE question = '$2'" "$3"
}
without nooab '/^oabgen/d'
verdict nooab CVE-2021-26858 'not assessable'
verdict nooab CVE-2021-26855 exploited
verdict nooab 'web shell' exploited
# the Application log has the forged request, too: all that tell of it have to go
logs='/^ssrf/d;/^ews/d;/^visit/d;/^httperr/d;/^usual/d;/^include events/d'
without nologs "$logs"
verdict nologs CVE-2021-26855 'not assessable'
verdict nologs 'data taken' exploited
verdict nologs 'web shell' exploited
expect 'nologs: no request is left to be joined' nologs "SELECT count(*) FROM v_edges WHERE basis IN ('request id', 'client address')" 0
files='/= shell/d;/= dump/d;/= archive/d;/^rename/d;/^delete/d;/^attrib/d;/= compiled/d;/App_Web/d;/Winnet" <</,/^END/d'
without nofiles "$logs;$files"
verdict nofiles CVE-2021-26855 'not assessable'
verdict nofiles CVE-2021-27065 exploited
verdict nofiles credentials 'not assessable'
verdict nofiles 'data taken' 'not assessable'
without nothing "$logs;$files;/^ecp/d;/^oabset/d;/^oabgen/d"
for question in CVE-2021-26855 CVE-2021-26857 CVE-2021-26858 CVE-2021-27065 'web shell' 'shell used' credentials 'data taken' overall; do
	verdict nothing "$question" 'not assessable'
done
expect 'nothing: and no chain' nothing "SELECT count(*) FROM v_chain" 0

# a page whose time was set back, which others knew later
cp "$top/fixtures/scenarios/attack.part" "$work"
sed '/^visit .*supp0rt.aspx/a si "$(client)\\supp0rt.aspx" created=2019-02-13T10:20:31Z' "$work/attack.part" >"$work/back.part" && mv "$work/back.part" "$work/attack.part"
cp "$top/fixtures/scenarios/compromised.scenario" "$work/back.scenario"
examine back "$work/back.scenario"
expect 'a time that was set back is told by who knows better' back "SELECT says FROM v_witnesses WHERE witness = 'conclusion' AND path LIKE '%/supp0rt.aspx'" 'set back'

# ---- the same judgement wherever it is made ----
triage again 0,3 -j 1 --no-control "$work/compromised.raw"
(export TZ=Asia/Kolkata LC_ALL=C.UTF-8 && cd / && triage other 0,3 -j 2 --no-control "$work/compromised.raw")
same 'one thread or two, another zone and folder' "$work/again/case.db" "$work/other/case.db"
finish
