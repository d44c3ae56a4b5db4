#!/bin/bash
# eventlogs.sh - the event logs of a server: read and accounted for, asked by Sigma rules, laid out by day, and what hangs
# on the Application log alone answered by it. evtxexport counts and shows the same records. Damaged, tampered with,
# deleted and left-out ones; and, where there is a corpus, real ones with the rules that they were recorded for.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need icat
evtxls=${EVTXLS:-$PWD/tests/evtxls}
[ -x "$evtxls" ] || skip 'tests/evtxls was not built'

ask() { sqlite3 -readonly "$work/$1/case.db" "$2"; }
cd "$work" || exit 1

# server NAME LINES...: a host with the four logs; further lines of the scenario come from stdin.
server() {
	cat >"$1.scenario" <<END
seed 7
disk bare
volume c size=48M label=$1 letter=C
time 2019-02-13T08:44:10Z
file "Windows\\System32\\config\\SYSTEM" = zeros 4096
set end 2021-03-12T15:39:00.0000000Z
set auth "Program Files\\Microsoft\\Exchange Server\\V15\\FrontEnd\\HttpProxy\\owa\\auth"
$(cat)
time \$(end)
file "Windows\\Temp\\a.txt" = text a
file "Windows\\Temp\\b.txt" = text b
END
	cp "$top"/fixtures/scenarios/events*.part .
	"$forge_program" "$1.scenario" -o "$1.raw" >/dev/null 2>stderr || { bad "forging $1"; cat stderr; }
}
question() { ask "$1" "SELECT verdict FROM v_verdict WHERE question = 'CVE-2021-26857'"; }
is() { if [ "$2" = "$3" ]; then ok; else
	bad "$1"
	diff <(echo "$3") <(echo "$2")
fi; }

# ---- a server that was attacked, but not through Unified Messaging ----

server attacked <<<'include events.part'
triage c1 0,3 attacked.raw
is 'each log has a row, by its name' "$(ask c1 "SELECT source, state, items, lost FROM v_coverage WHERE source LIKE 'evtx/%' ORDER BY 1")" \
'evtx/Application|read|666|0
evtx/MSExchange Management|read|161|0
evtx/Security|read|593|0
evtx/System|read|524|0'
is 'its records are found by the rules on their kind' "$(ask c1 "SELECT level, title FROM v_findings WHERE path LIKE '%.evtx' AND level <> 'info' ORDER BY title")" \
'low|A cmdlet made the OAB virtual directory anew
medium|A cmdlet removed the OAB virtual directory
high|A page was written over the loopback share of the host itself
high|A service was installed that runs a command
medium|The control panel changed an object as the built-in administrator
high|The control panel failed on a request that came through a forged one
high|The web server started a command'
is 'what only the Application log can tell was not there' "$(question c1)" 'no trace'
is 'its days are those of the log' "$(ask c1 "SELECT state, count(*) FROM v_calendar WHERE folder LIKE '%/Application.evtx' GROUP BY 1")" 'present|71'
is 'a rule on processes can be answered, since they are audited' \
	"$(ask c1 "SELECT state FROM v_rules WHERE rule = (SELECT rule FROM v_findings WHERE title = 'The web server started a command')")" used
is 'a rule on a log that is not there cannot' \
	"$(ask c1 "SELECT DISTINCT state FROM v_rules WHERE source LIKE '%defender_switched_off%'")" 'not-evaluable'

# the outside witness: as many records, and the same bytes of the first hit
if command -v evtxexport >/dev/null; then
	for log in Application Security System 'MSExchange Management'; do
		entry=$(ask c1 "SELECT mft FROM v_files WHERE path LIKE '%/$log.evtx' AND stream = ''")
		icat attacked.raw "$entry" >log.evtx
		is "evtxexport counts the records of $log" "$(evtxexport log.evtx 2>/dev/null | grep -c 'Event number')" \
			"$(ask c1 "SELECT items FROM v_coverage WHERE source = 'evtx/$log'")"
	done
fi
is 'a finding lies where it says' "$(ask c1 "SELECT mft, offset FROM v_findings WHERE title = 'The web server started a command'" |
	while IFS='|' read -r mft offset; do icat attacked.raw "$mft" | tail -c +$((offset + 1)) | head -c 2; done)" '**'

# ---- one whose Unified Messaging was used ----

{ echo 'include events.part'; sed -n '/Application.evtx/,/^END/p' "$top/fixtures/scenarios/events.part" | sed 's/^file/write/; /^END/i 2021-02-28T03:30:00Z | MSExchange Unified Messaging | 1079/2 | System.InvalidCastException: Unable to cast'
  sed -n '/Security.evtx/,/^END/p' "$top/fixtures/scenarios/events.part" | sed 's/^file/write/; /^END/i 2021-02-28T03:30:01Z | Microsoft-Windows-Security-Auditing | 4688/0 | @NewProcessName=C:\\Windows\\System32\\cmd.exe | @ParentProcessName=C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\UMWorkerProcess.exe'; } | server used
triage c2 0,3 used.raw
is 'the Application and Security logs tell of it' "$(question c2)" exploited

# ---- logs that are gone, left out, damaged, tampered with ----

{ echo 'include events.part'; for log in Application Security System 'MSExchange Management'; do echo "delete \"Windows\\System32\\winevt\\Logs\\$log.evtx\""; done; } | server gone
triage c3 0,3 gone.raw
is 'without the log nobody can tell' "$(question c3)" 'not assessable'
is 'what was deleted is read all the same' "$(ask c3 "SELECT count(*) > 4 FROM v_findings WHERE path LIKE '%.evtx'")" 1
triage c4 0,3 --stages walk,content attacked.raw
is 'left out, they are not called clean' "$(ask c4 "SELECT DISTINCT state, reason FROM v_coverage WHERE source = 'evtx' AND state <> 'absent'")" \
	'skipped|reading event logs was left out by the user'
is 'nor is the question answered' "$(question c4)" 'not assessable'

for name in tampered not-closed broken cut-off no-records; do
	"$evtxls" forge "$top/fixtures/evtx/$name.events" "$name.evtx" || bad "forging $name"
done
printf 'this is no event log' >none.evtx
: >empty.evtx
{
	for name in tampered not-closed broken cut-off no-records none empty; do
		echo "file \"Windows\\System32\\winevt\\Logs\\MSExchange $name.evtx\" = host $name.evtx"
	done
	echo 'file "Windows\System32\winevt\Logs\Archive-Security-2021-01-02-03-04-05-678.evtx" = evtx Security from=2020-11-01 to=2020-12-28'
	echo 'file "Windows\System32\winevt\Logs\Security.evtx" = evtx Security from=2020-12-29 to=2021-03-12 <<END'
	echo '2021-02-01T00:00:00Z | - | 12'
	echo END
} | server odd
triage c5 0,3 -p hafnium -p eventlogs odd.raw
is 'each tells what is wrong with it' "$(ask c5 "SELECT source, state, items > 0 FROM v_coverage WHERE source LIKE 'evtx/%' ORDER BY 1, 2, first")" \
'evtx/MSExchange broken|partly|1
evtx/MSExchange cut-off|read|1
evtx/MSExchange empty|unreadable|0
evtx/MSExchange no-records|empty|0
evtx/MSExchange none|unreadable|0
evtx/MSExchange not-closed|partly|1
evtx/MSExchange tampered|partly|1
evtx/Security|partly|1
evtx/Security|read|1'
is 'a record that another one covers is a finding' "$(ask c5 "SELECT level FROM v_findings WHERE rule = 'events-covered' AND path LIKE '%tampered%'")" high
is 'ids that are missing are one, too' "$(ask c5 "SELECT basis LIKE '12 record ids are missing%' FROM v_findings WHERE rule = 'events-missing' AND path LIKE '%/Security.evtx'")" 1
is 'a log that was put away is the same log' "$(ask c5 "SELECT DISTINCT folder FROM v_calendar WHERE folder LIKE '%Security.evtx'")" 'Windows/System32/winevt/Logs/Security.evtx'

# ---- the same case, however it is made; and what the findings rest on is there ----

triage c6 0,3 -j 4 attacked.raw
is 'the same case with four threads' "$(sha256sum <c6/case.db)" "$(sha256sum <c1/case.db)"
run 0,3 verify -c "$work/c1"
is 'each finding is found again' "$(grep -c '^differs' "$work/stdout")" 0

# ---- real logs ----

corpus=${POSTMORTEM_CORPUS:-}
if [ -n "$corpus" ] && [ -f "$corpus/sigma/sigmahq-rules.tar.xz" ]; then
	mkdir -p sigma profiles/regression/sigma profiles/regression/artifacts
	tar xJf "$corpus/sigma/sigmahq-rules.tar.xz" -C sigma
	cp "$top"/profiles/eventlogs/artifacts/eventlogs.yaml profiles/regression/artifacts/
	sed 's/^id: .*/id: regression/; s#^choose:#sigma: [sigma]\nchoose:#' "$top/profiles/eventlogs/profile.yaml" >profiles/regression/profile.yaml
	awk -F'\t' -v OFS='|' 'NR > 1 { print $1, $3, $16, $17 }' "$corpus/evtx/EXPECTED.tsv" >expected
	while IFS='|' read -r file records rule matches; do
		cp "$corpus/evtx/$file" .
		echo "file \"Windows\\System32\\winevt\\Logs\\$file\" = host \"$file\""
		[ -z "$rule" ] || cp "$(grep -rl "^id: $rule" sigma | head -1)" profiles/regression/sigma/
	done <expected >real.lines
	server real <real.lines
	(POSTMORTEM_PROFILES=$work/profiles "$postmortem" triage -q -c real -p "$work/profiles/regression" real.raw >/dev/null 2>stderr) || [ $? = 3 ] ||
		{ bad 'real logs'; cat stderr; }
	while IFS='|' read -r file records rule matches; do
		got=$(ask real "SELECT items + lost FROM v_coverage WHERE source LIKE 'evtx/%' AND path LIKE '%/$file'")
		[ "${got:-0}" -ge "$records" ] && ok || bad "$file: $got records, expected $records"
		[ -n "$rule" ] || continue
		got=$(ask real "SELECT basis FROM v_findings WHERE rule = '$rule' AND path LIKE '%/$file' AND basis NOT LIKE '%does not list%'" | cut -d' ' -f1)
		[ "$got" = "${matches:-1}" ] && ok || bad "$file: rule $rule met ${got:-nothing}, expected ${matches:-1}"
	done <expected
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
