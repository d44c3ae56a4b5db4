#!/bin/bash
# remains.sh - tasks, typed commands, detections, the quarantine, WMI and files born in the window, from image to case.
. "$(dirname "$0")/common.sh"
need python3
need sqlite3
need_forge

cp "$top"/fixtures/scenarios/remains.scenario "$top"/fixtures/scenarios/*.part "$work/"
python3 "$here/remains.py" "$work"
"$forge_program" "$work/remains.scenario" -o "$work/remains.raw" >/dev/null 2>"$work/stderr" || { bad 'forging'; cat "$work/stderr"; }
triage c1 3 -j1 --no-control "$work/remains.raw"
triage c2 3 -j2 --no-control "$work/remains.raw"
same 'one case whatever the threads' "$work/c1/case.db" "$work/c2/case.db"
is() { expect "$1" c1 "$2" "$3"; }
rule() { sed -n 's/^id: //p' "$top/profiles/hafnium/sigma/$1.yml"; }

is 'a row a source' "SELECT source, state, replace(path, rtrim(path, replace(path, '/', '')), ''), items, lost FROM v_coverage
	WHERE mft IS NOT NULL AND source IN ('task', 'console', 'detection', 'quarantine', 'wmi') ORDER BY source, path" \
	'console|read|ConsoleHost_history.txt|2|0
console|read|PowerShell_transcript.EXCH01.x1y2.20210302021109.txt|9|0
detection|read|0A1B2C3D-0000-4000-8000-0123456789AB|1|0
quarantine|read|{0A1B2C3D-0000-4000-8000-0123456789AB}|1|0
task|partly|Plain|0|1
task|partly|Fetch|1|0
task|read|Winnet|1|0
wmi|partly|OBJECTS.DATA|2|0'
is 'what is broken is said' "SELECT count(*) FROM v_limitations WHERE path LIKE '%/Tasks/%'" 3
is 'a task is an event at the birth of its file' "SELECT time, subject, summary FROM v_timeline WHERE kind = 'task.registered' ORDER BY subject" \
	'2021-03-01T02:15:00.0121883Z|\Updates\Fetch|runs C:\Windows\Temp\fetch.cmd as S-1-5-18, author EXAMPLE\admin, hidden, dated by itself 2021-03-01T03:15:00 (the time is that of the file)
2021-03-01T02:15:00.0121883Z|\Winnet|runs powershell -nop -w hidden -e SQBFAFgAKABOAGUAdwAtAE8AYgBqAGUA as S-1-5-18, author EXAMPLE\EXCH01$, dated by itself 2021-03-01T02:15:00 (the time is that of the file)'
is 'and asked' "SELECT group_concat(DISTINCT title) FROM (SELECT title FROM v_findings WHERE rule IN ('$(rule task_known)', '$(rule task_hides_command)', '$(rule task_from_drop_zone)') ORDER BY title)" \
	'Scheduled task that reports on these attacks name, as its file has it,Scheduled task that runs a program from a folder that anybody may write to,Scheduled task that runs an encoded or fetched PowerShell command'
is 'a finding shows the bytes of the file' "SELECT length, instr(excerpt, '<') > 0 FROM v_findings WHERE rule = '$(rule task_from_drop_zone)'" \
	"$(sed -n '/Fetch. <<END/,/^END$/p' "$work/remains.scenario" | sed '1d;$d' | sed 's/$/x/' | wc -c)|1"
is 'a task without a security descriptor is one that hides' "SELECT path, level, basis LIKE '%no security descriptor%' FROM v_findings WHERE rule = 'task-hidden'" \
	'/Windows/System32/config/SOFTWARE|high|1'
is 'and has its key' "SELECT subject FROM v_timeline WHERE finding = (SELECT finding FROM v_findings WHERE rule = 'task-hidden') AND kind = 'registry.key'" \
	'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Winnet'
is 'typed commands are events, in UTC where the zone is known' "SELECT time, subject, summary FROM v_timeline WHERE kind = 'powershell.command' AND summary LIKE '%MiniDump%'" \
	"2021-03-02T01:15:30.0000000Z|EXAMPLE\\admin|typed: rundll32 C:\\windows\\system32\\comsvcs.dll, MiniDump 632 C:\\x.bin full (the server's clock, taken for UTC+01:00 by the birth of the file)"
is 'and asked, too' "SELECT count(DISTINCT path) FROM v_findings WHERE rule IN ('$(rule lsass_by_comsvcs)', '$(rule known_task)')" 2
is 'a history lies at the time of its file' "SELECT count(*), min(time), max(time) FROM v_timeline WHERE summary LIKE 'typed, by then:%'" \
	'2|2021-03-02T01:40:00.0000000Z|2021-03-02T01:40:00.0000000Z'
is 'Defender says what and when' "SELECT time, subject, summary FROM v_timeline WHERE kind = 'defender.detection' ORDER BY summary" \
	'2021-03-02T03:11:09.0000000Z|C:\inetpub\wwwroot\aspnet_client\x.aspx|Defender detected Backdoor:ASP/SecChecker.A in file C:\inetpub\wwwroot\aspnet_client\x.aspx
2021-03-02T03:11:09.0000000Z|\\?\C:\inetpub\wwwroot\aspnet_client\x.aspx|Defender put away Backdoor:ASP/SecChecker.A in the file \\?\C:\inetpub\wwwroot\aspnet_client\x.aspx'
is 'both are findings' "SELECT count(*), min(time) FROM v_findings WHERE rule = 'defender-detection'" '2|2021-03-02T03:11:09.0000000Z'
is 'and known by name' "SELECT count(*) FROM v_findings WHERE rule = '$(rule defender_found_shell)'" 2
is 'a consumer of WMI is told' "SELECT summary FROM v_timeline WHERE kind = 'wmi.consumer' AND level IS NOT NULL" \
	'CommandLineEventConsumer does C:\Windows\Temp\a.cmd /q whenever SELECT * FROM __InstanceModificationEvent WITHIN 60 (the time is that of the file)'
is 'with its rule in the list' "SELECT state, hits FROM v_rules WHERE rule = 'wmi-consumer'" 'used|1'
is 'files born in the window are asked' "SELECT path, level, time FROM v_findings WHERE rule IN ('$(rule file_lsass_dump)', '$(rule file_archive_served)', '$(rule file_hive_saved)') ORDER BY path" \
	'/ProgramData/new/lsass.dmp|high|2021-03-03T04:00:00.0000000Z
/Users/Public/sam.hiv|high|2021-03-03T04:00:00.0000000Z
/inetpub/wwwroot/aspnet_client/loot.7z|medium|2021-03-03T04:00:00.0000000Z'
is 'and the basis says what that is worth' "SELECT basis LIKE 'the \$MFT has such a file, made at this time; by whom it does not say: %; the file is deleted' FROM v_findings WHERE rule = '$(rule file_archive_served)'" 1
is 'such rules are used' "SELECT DISTINCT state FROM v_rules WHERE source LIKE '%/file\\_%' ESCAPE '\\'" used
is 'no calendar is made of any of them' "SELECT count(*) FROM v_calendar WHERE source IN ('task', 'console', 'detection', 'quarantine', 'wmi', 'ual')" 0

triage left 3 --stages identify,walk,content,logs --no-control "$work/remains.raw"
expect 'they can be left out' left "SELECT count(*) FROM v_timeline WHERE kind = 'task.registered'" 0
expect 'and that is said' left "SELECT count(*) FROM v_limitations WHERE what = 'the files that keep the state of the system were left out by the user'" 1
expect 'by name' left "SELECT state, reason FROM v_coverage WHERE path = 'WindowsUserAccessLogging' OR path = 'WindowsManagementRepository' ORDER BY path" \
	'skipped|reading the state of the system was left out by the user
absent|'

# Rules of SigmaHQ on files, where they are at hand: what they ask beyond the path cannot be answered, and is said.
rules=${POSTMORTEM_CORPUS:-}/sigma/sigmahq-rules.tar.xz
if [ -f "$rules" ]; then
	mkdir -p "$work/theirs/sigma"
	tar xJf "$rules" -C "$work" --wildcards '*/file_event/*.yml'
	find "$work" -path '*/file_event/file_event_win_*.yml' -exec cp {} "$work/theirs/sigma" \;
	printf 'id: theirs\nversion: 1\ntitle: SigmaHQ\nsigma:\n- sigma\n' >"$work/theirs/profile.yaml"
	triage theirs 3 --no-control -p hafnium -p "$work/theirs" "$work/remains.raw"
	expect 'what a path cannot answer says what could' theirs "SELECT count(*) > 50, count(reason) = count(*), sum(hits) FROM v_rules
		WHERE source LIKE 'theirs%' AND state = 'not-evaluable'" '1|1|0'
	expect 'the others are used' theirs "SELECT count(*) > 80 FROM v_rules WHERE source LIKE 'theirs%' AND state = 'used'" 1
	expect 'and hit' theirs "SELECT group_concat(title, '; ') FROM (SELECT DISTINCT title FROM v_findings WHERE rule IN (SELECT rule FROM v_rules WHERE source LIKE 'theirs%') AND path LIKE '/ProgramData/new/lsass.dmp' ORDER BY title)" \
		'DMP/HDMP File Creation; LSASS Process Memory Dump Files'
fi
finish
