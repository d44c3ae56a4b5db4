#!/bin/bash
# host.sh - the registry of a server: drives and folders as it names them, hives that were not written to their end, what it
# says of the host, what somebody left in it; and the same by other readers of hives.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need icat

# golden WHAT CASE SQL: what the question gives must be the lines on stdin
golden() {
	ask "$2" "$3" >"$work/got"
	cat >"$work/wanted"
	cmp -s "$work/got" "$work/wanted" && ok || { bad "$1"; diff "$work/wanted" "$work/got"; }
}

# ---- with either partition table the registry says which volume D: is: the last one, and not that with an older copy ----
for table in gpt mbr; do
	forge host $table.raw --set table=$table
	triage $table 0,3 --no-control "$work/$table.raw"
	d=$(ask $table "SELECT max(offset) FROM v_volumes")
	expect "$table: D: is the volume that the registry names" $table \
		"SELECT count(*) FROM v_host WHERE what = 'drive letter' AND name = 'D:' AND value LIKE 'volume 3 of this image, at byte $d'" 1
	expect "$table: Z: is none of this image" $table "SELECT value FROM v_host WHERE what = 'drive letter' AND name = 'Z:'" 'no volume of this image'
	expect "$table: logs are looked for there, and that is said" $table \
		"SELECT state || ' ' || (reason LIKE '%volume 3: /IISLogs/W3SVC1; drive D: is the volume at $d by the registry') FROM v_coverage WHERE source = 'site' AND path = 'D:\IISLogs\W3SVC1'" 'read 1'
	expect "$table: and nowhere else" $table "SELECT group_concat(path) FROM v_coverage WHERE source = 'iis'" /IISLogs/W3SVC1/u_ex210303.log
	expect "$table: where Exchange is" $table "SELECT value || ' | ' || note FROM v_host WHERE what = 'exchange folder'" \
		'D:\Exchange Server\V15\: volume 3, /Exchange Server/V15 | %%exchange_install%% points there by the registry and by what lies in the folder'
	expect "$table: a profile on D: is a user's, and its hive is read" $table \
		"SELECT state FROM v_coverage WHERE source = 'hive' AND path = '/Profiles/svc.mail/NTUSER.DAT'" read
done

# ---- hives and their logs ----
golden 'each hive, with what its logs still had to write' gpt \
	"SELECT path, state, items, lost, substr(first, 1, 10), substr(last, 1, 16), substr(reason, 11) FROM v_coverage WHERE source = 'hive' AND path LIKE '/%'" <<'END'
/Profiles/svc.mail/NTUSER.DAT|read|10|0|2020-12-20|2021-03-01T02:20|10 keys, 4 values; it was not written to its end (sequence numbers 6 and 5): 8192 bytes were taken from NTUSER.DAT.LOG1 (changes 6 to 6), in memory
/Windows/AppCompat/Programs/Amcache.hve|read|5|0|2020-12-20|2021-03-01T02:35|5 keys, 5 values
/Windows/System32/config/SAM|read|10|0|2020-05-02|2021-03-01T02:11|10 keys, 4 values
/Windows/System32/config/SECURITY|partly|2|0|2020-12-20|2020-12-20T18:00|2 keys, 0 values; it was not written to its end (sequence numbers 6 and 5), and no log has what is missing: read as it lies in the file
/Windows/System32/config/SOFTWARE|read|14|0|2020-12-20|2021-03-04T12:00|14 keys, 13 values
/Windows/System32/config/SYSTEM|read|19|0|2020-05-02|2021-03-01T02:30|19 keys, 18 values, 1 deleted keys and 1 deleted values; it was not written to its end (sequence numbers 6 and 5): 8192 bytes were taken from SYSTEM.LOG1 (changes 5 to 5), in memory
END
expect 'a hive without the log that it needs is a limitation' gpt \
	"SELECT path || ' ' || count FROM v_limitations WHERE what LIKE 'the hive was not written to its end%'" '/Windows/System32/config/SECURITY 1'

# ---- facts ----
golden 'what the registry says of the host' gpt \
	"SELECT what, name, value, substr(time, 1, 16), time_is FROM v_host_main WHERE what NOT IN ('drive', 'drive letter', 'exchange setup', 'exchange folder', 'control set', 'time zone setting') ORDER BY what, name, value" <<'END'
account|Administrator|RID 500|2020-05-02T07:30|key written
account|helpdesk$|RID 1004|2021-03-01T02:11|key written
account logged on last|Administrator|RID 500|2021-02-26T16:10|told
account password set|Administrator|RID 500|2020-05-02T07:30|told
account password set|helpdesk$|RID 1004|2021-03-01T02:11|told
account refused last|Administrator|RID 500|2021-02-27T03:00|told
domain|Domain|corp.example|2020-05-02T07:20|key written
name|ComputerName|MAIL7|2020-05-02T07:20|key written
run key|Opera|C:\Users\Public\opera\opera_browser.exe|2021-03-01T02:20|key written
time zone||W. Europe Standard Time: UTC+01:00; UTC+02:00 from the last Sunday of March at 02:00 to the last Sunday of October at 03:00|2020-10-25T02:00|key written
user profile|S-1-5-21-1004336348-1177238915-682003330-1107|D:\Profiles\svc.mail|2020-12-20T19:00|key written
windows installed|InstallDate||2020-05-02T07:10|told
windows version||Windows Server 2019 Standard, build 17763.1697|2021-01-10T05:12|key written
END
expect 'what only the log has is told as lying there' gpt \
	"SELECT group_concat(source, ' ') FROM (SELECT DISTINCT source FROM v_host WHERE name = 'websvc' ORDER BY 1)" '/Windows/System32/config/SYSTEM.LOG1'
expect 'a deleted key is a lead' gpt "SELECT name || ' | ' || value || ' | ' || deleted || ' | ' || note FROM v_host WHERE what = 'deleted key'" \
	'ControlSet002\Services\Removed | ImagePath = %SystemRoot%\Temp\removed.exe | 1 | a lead: found in what is free of the hive'
expect 'a program that Windows listed' gpt "SELECT name || ' ' || value FROM v_host WHERE what = 'program listed' AND name LIKE '%procdump%'" \
	'c:\windows\temp\procdump64.exe da39a3ee5e6b4b0d3255bfef95601890afd80709'

# ---- the build: setup's values are witnesses, and one that disagrees is told ----
expect 'what setup noted' gpt "SELECT group_concat(build || ' ' || means, ', ') FROM (SELECT * FROM v_builds WHERE witness = 'registry' ORDER BY build)" \
	'15.1.2176 undated, 15.1.2176.9 in use'
expect 'and where it disagrees' gpt "SELECT path || ': ' || what FROM v_limitations WHERE what LIKE 'the witnesses of the build%'" \
	'/Windows/System32/config/SOFTWARE: the witnesses of the build of Exchange disagree: this registry names a newer build, 15.1.2176.9, where the others come to 15.1.2176.2'

# ---- what somebody left ----
golden 'findings of the rules for the registry' gpt \
	"SELECT f.level, f.path, substr(f.time, 1, 16), f.title FROM v_findings f JOIN v_rules r USING (rule) WHERE r.source LIKE 'hafnium/sigma/registry_%' ORDER BY f.time, f.path, f.title" <<'END'
medium|/Windows/System32/config/SYSTEM|2021-02-27T00:00|A service lies where anybody can write
medium|/Windows/System32/config/SOFTWARE|2021-03-01T01:59|Defender does not look where shells and tools are dropped
high|/Windows/System32/config/SYSTEM|2021-03-01T02:00|WDigest keeps passwords in memory
medium|/Profiles/svc.mail/NTUSER.DAT|2021-03-01T02:01|A tool that dumps memory was started by this user
high|/Windows/System32/config/SOFTWARE|2021-03-01T02:05|A program of the logon screen is replaced
high|/Windows/System32/config/SAM|2021-03-01T02:11|An account is hidden from the logon screen, or named to be overlooked
critical|/Profiles/svc.mail/NTUSER.DAT.LOG1|2021-03-01T02:20|A program of these intrusions starts by itself
high|/Profiles/svc.mail/NTUSER.DAT.LOG1|2021-03-01T02:20|What starts with a logon lies where anybody can write
critical|/Windows/System32/config/SYSTEM.LOG1|2021-03-01T02:30|A program of these intrusions starts by itself
END
expect 'a finding says that a hive shows a state, and of whom it is' gpt \
	"SELECT count(*) FROM v_findings WHERE path LIKE '%NTUSER.DAT' AND basis LIKE 'HKU\S-1-5-21-1004336348-1177238915-682003330-1107\Software\Sysinternals\ProcDump\EulaAccepted = DWORD (0x00000001); a hive shows what was set in the end, and not who set it: the time is the last write of the key; %'" 1
expect 'in what was deleted it is a lead' gpt "SELECT count(*) FROM v_findings WHERE level = 'medium' AND basis LIKE '%Services\Removed\ImagePath%a lead and no proof%'" 1
expect 'each is an event of its own' gpt \
	"SELECT count(*) FROM v_timeline t JOIN v_findings f USING (finding) WHERE t.kind = 'registry.key' AND t.time = f.time AND t.subject LIKE 'HK%'" 9
expect 'keys that matter are events, too' gpt \
	"SELECT group_concat(substr(time, 12, 5) || ' ' || subject, ', ') FROM (SELECT * FROM v_timeline WHERE kind = 'registry.key' AND finding IS NULL AND subject LIKE '%SYSTEM%' ORDER BY time)" \
	'02:00 HKLM\SYSTEM\ControlSet002\Control\SecurityProviders\WDigest, 02:30 HKLM\SYSTEM\ControlSet002\Services\websvc'

expect 'a program by its hash' gpt \
	"SELECT level || ' ' || path || ' ' || substr(basis, 1, 105) FROM v_findings WHERE path LIKE '%Amcache.hve'" \
	'high /Windows/AppCompat/Programs/Amcache.hve Amcache lists c:\program files\system\version.dll with the SHA-1 30dd3076ec9abb13c15053234c436406b88fb2b9'
expect 'what a local clock showed is shown in UTC beside it, and nothing is dated by it' gpt \
	"SELECT group_concat(DISTINCT basis LIKE '1 line from 2021-03-06T08:12:44.0000000 to 2021-03-06T08:12:44.0000000 by the log''s own clock, whose zone it does not tell (by the zone that the server was last set to, W. Europe Standard Time: from 2021-03-06T07:12:44.0000000Z to 2021-03-06T07:12:44.0000000Z)%') || count(DISTINCT path) FROM v_findings WHERE path LIKE '%MPLog%'" 11

# the bytes of a finding, by the command that the case gives
cd "$work" || exit 1
ask gpt "SELECT reproduce FROM v_findings WHERE path LIKE '%SYSTEM.LOG1'" >command
sh ./command >shown 2>&1
grep -q 'w.e.b.s.v.c...d' shown && ok || { bad 'the command does not show the value'; cat command shown; }
run 0 verify -c "$work/gpt"

# ---- other readers of the same hives ----
if command -v hivexget >/dev/null && command -v python3 >/dev/null; then
	sector=$(($(ask gpt "SELECT min(offset) FROM v_volumes") / 512))
	for name in SYSTEM SYSTEM.LOG1; do
		icat -o $sector gpt.raw "$(ask gpt "SELECT mft FROM v_files WHERE path = '/Windows/System32/config/$name'")" >$name
	done
	python3 "$top/tests/hive.py" replay SYSTEM replayed SYSTEM.LOG1
	[ "$(hivexget replayed 'ControlSet002\Services\websvc\Parameters' ServiceDll)" = "$(ask gpt "SELECT value FROM v_host WHERE what = 'service library'")" ] && ok ||
		bad 'hivex reads another library'
	[ "$(hivexget replayed 'ControlSet002\Control\ComputerName\ComputerName' ComputerName)" = MAIL7 ] && ok || bad 'hivex reads another name'
fi

# ---- the same case whatever the number of threads; the verb; info; what is left out is said ----
triage again 0,3 --no-control -j 1 "$work/gpt.raw"
same 'one thread' "$work/gpt/case.db" "$work/again/case.db"
run 0 host "$work/gpt"
grep -q 'name *ComputerName *MAIL7' "$work/stdout" && ! grep -q websvc "$work/stdout" && ok || bad 'the verb does not show the essentials'
run 0 host --all --json "$work/gpt"
grep -q '"what":"service","name":"websvc"' "$work/stdout" && ok || bad 'the verb does not show all'
run 0,3 info "$work/gpt.raw"
grep -q 'registry *MAIL7 in corp.example, Windows Server 2019 Standard build 17763.1697' "$work/stdout" && ok || { bad 'info does not show the host'; cat "$work/stdout"; }
triage some 3 --no-control --stages walk,logs "$work/gpt.raw"
expect 'left out' some "SELECT group_concat(DISTINCT state || ': ' || reason) FROM v_coverage WHERE source = 'hive'" \
	'skipped: reading the state of the system was left out by the user'

# ---- a file that is no hive, and a server without a registry ----
cat >"$work/broken.scenario" <<'END'
seed 5
disk mbr
time 2021-01-05T10:00:00Z
volume c size=16M letter=C
file "Windows\System32\config\SYSTEM" = words 9000
file "Windows\System32\config\SAM" = zeros 0
END
"$forge_program" "$work/broken.scenario" -o "$work/broken.raw" >/dev/null
triage broken 3 --no-control "$work/broken.raw"
golden 'what is no hive' broken "SELECT path, state, items FROM v_coverage WHERE source = 'hive' AND path LIKE '/%'" <<'END'
/Windows/System32/config/SAM|empty|0
/Windows/System32/config/SYSTEM|unreadable|0
END
finish
