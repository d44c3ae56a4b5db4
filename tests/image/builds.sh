#!/bin/bash
# builds.sh - which build of Exchange a server had, and what it was open to from when to when: servers forged for each
# version of Exchange, patched, not patched, upgraded in place, mitigated, with witnesses that are missing or disagree.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3

ask() { sqlite3 -separator ' ' "$work/$1/case.db" "$2"; }

# is WHAT GOT EXPECTED
is() {
	if [ "$2" = "$3" ]; then ok; else
		bad "$1"
		diff <(echo "$3") <(echo "$2")
	fi
}

# serve NAME FOLDER: forges the disk that the steps on stdin make, and examines it; $(inst) is the Exchange folder.
serve() {
	{
		echo 'seed 20210302'
		echo "set inst \"$2\""
		echo 'disk bare'
		echo 'time 2018-02-13T08:41:07.3345512Z'
		echo 'volume system size=24M letter=C serial=0x8E1274D01274BE55'
		echo 'file "Windows\System32\config\SYSTEM" = zeros 8192'
		cat
	} >"$work/$1.scenario"
	"$forge_program" "$work/$1.scenario" -o "$work/$1.raw" >/dev/null 2>"$work/stderr" || { bad "forging $1"; cat "$work/stderr"; }
	triage "$1" 0,3 --no-control "$work/$1.raw"
}

# folders BUILD: what makes it an Exchange, with the folders that are called after a build of four numbers
folders() {
	echo "file \"\$(inst)\\FrontEnd\\HttpProxy\\owa\\auth\\${1%.*}\\flogon.js\" = page script"
	echo "file \"\$(inst)\\ClientAccess\\owa\\prem\\$1\\boot.js\" = page script"
}
setup() { # BUILD [FROM]: a run of setup
	echo "append \"ExchangeSetupLogs\\ExchangeSetup.log\" = setup build=$1 ${2:+from=$2}"
}
program() { # BUILD: ExSetup.exe as a new file
	echo "file \"\$(inst)\\bin\\ExSetup.exe\" = program 12000 version=$1 name=ExSetup.exe"
}
replace() { # BUILD: an update puts another in its place
	echo 'delete "$(inst)\bin\ExSetup.exe" reuse'
	program "$1"
}
log='file "ExchangeSetupLogs\ExchangeSetup.log" = text lf ""'

resolved() { ask "$1" "SELECT build || '|' || release FROM v_builds WHERE means = 'resolved' ORDER BY 1"; }
# periods NAME [CVE]: number, state and the minutes of its bounds
periods() { ask "$1" "SELECT number || '|' || state || '|' || coalesce(substr(\"from\", 1, 16), '-') || '|' || coalesce(substr(\"to\", 1, 16), '-')
	FROM v_exposure WHERE cve = '${2:-CVE-2021-26855}' ORDER BY number"; }
states() { ask "$1" "SELECT group_concat(substr(cve, 5) || '=' || state, ' ') FROM (SELECT cve, state, max(number) FROM v_exposure GROUP BY cve ORDER BY cve)"; }
disagreements() { ask "$1" "SELECT what FROM v_limitations WHERE what LIKE 'the witnesses of the build%' ORDER BY what"; }

V15='Program Files\Microsoft\Exchange Server\V15'
V14='Program Files\Microsoft\Exchange Server\V14'
open='2021-26855=vulnerable 2021-26857=vulnerable 2021-26858=vulnerable 2021-27065=vulnerable 2021-31207=vulnerable 2021-33766=vulnerable 2021-34473=vulnerable 2021-34523=vulnerable 2022-41040=vulnerable 2022-41080=vulnerable 2022-41082=vulnerable'
mar='2021-26855=fixed 2021-26857=fixed 2021-26858=fixed 2021-27065=fixed 2021-31207=vulnerable 2021-33766=vulnerable 2021-34473=vulnerable 2021-34523=vulnerable 2022-41040=vulnerable 2022-41080=vulnerable 2022-41082=vulnerable'
may='2021-26855=fixed 2021-26857=fixed 2021-26858=fixed 2021-27065=fixed 2021-31207=fixed 2021-33766=fixed 2021-34473=fixed 2021-34523=fixed 2022-41040=vulnerable 2022-41080=vulnerable 2022-41082=vulnerable'
all=${may//vulnerable/fixed}

# ---- each version, as it comes and with its updates: NAME|BUILD|DAY OF INSTALLATION|RELEASE|STATES ----
while IFS='|' read -r name build when release expected; do
	{
		echo "time $when"
		folders "$build"
		program "$build"
		echo "$log"
		setup "$build"
	} | serve "$name" "$V15"
	is "$name: the build" "$(resolved "$name")" "$build|$release"
	is "$name: what it has fixed" "$(states "$name")" "$expected"
	is "$name: agreement" "$(disagreements "$name")" ''
	is "$name: one period, from the installation on" "$(periods "$name" CVE-2021-27065 | cut -d'|' -f1,3,4)" "1|${when:0:16}|-"
done <<END
2013-cu23|15.0.1497.2|2019-07-01T10:00:00Z|Exchange 2013 CU23 (2019-06-18)|$open
2013-mar21|15.0.1497.12|2021-03-05T10:00:00Z|Exchange 2013 CU23 Mar21SU (KB5000871, 2021-03-02)|$mar
2013-cu20|15.0.1367.3|2019-07-01T10:00:00Z|Exchange 2013 CU20 (2018-03-20)|$open
2016-cu19|15.1.2176.2|2020-12-19T10:00:00Z|Exchange 2016 CU19 (2020-12-15)|$open
2016-feb21|15.1.2176.4|2021-02-19T10:00:00Z|Exchange 2016 CU19 Feb21SU (2021-02-09)|$open
2016-may21|15.1.2176.14|2021-05-14T10:00:00Z|Exchange 2016 CU19 May21SU (KB5003435, 2021-05-11)|$may
2016-cu20|15.1.2242.4|2021-03-20T10:00:00Z|Exchange 2016 CU20 (2021-03-16)|$mar
2019-cu8|15.2.792.3|2020-12-19T10:00:00Z|Exchange 2019 CU8 (2020-12-15)|$open
2019-mar21|15.2.792.10|2021-03-05T10:00:00Z|Exchange 2019 CU8 Mar21SU (KB5000871, 2021-03-02)|$mar
2019-nov22|15.2.1118.20|2022-11-10T10:00:00Z|Exchange 2019 CU12 Nov22SU (2022-11-08)|$all
END

# Exchange 2010, of which one hole is known alone
{
	echo 'time 2020-12-10T10:00:00Z'
	echo 'file "$(inst)\ClientAccess\owa\auth.js" = page script'
	program 14.3.509.0
} | serve 2010 "$V14"
is '2010: the build' "$(resolved 2010)" '14.3.509.0|Exchange 2010 SP3 RU31 (2020-12-01)'
is '2010: the service that it shares, and nothing else' "$(states 2010)" "2021-26855=not affected 2021-26857=vulnerable 2021-26858=not affected 2021-27065=not affected 2021-31207=not affected 2021-33766=not affected 2021-34473=not affected 2021-34523=not affected 2022-41040=not affected 2022-41080=not affected 2022-41082=not affected"

# ---- a build that no table has, between two that one has ----
while IFS='|' read -r name build state reason; do
	{
		echo 'time 2021-03-20T10:00:00Z'
		folders "$build"
		program "$build"
	} | serve "$name" "$V15"
	is "$name: state" "$(ask "$name" "SELECT state FROM v_exposure WHERE cve = 'CVE-2021-26855'")" "$state"
	is "$name: reason" "$(ask "$name" "SELECT reason FROM v_patches WHERE cve = 'CVE-2021-26855' AND build = '$build'")" "$reason"
done <<'END'
between-open|15.1.2106.5|vulnerable|not in the table; after CU18 Nov20SU (15.1.2106.4), vulnerable, and before CU18 Dec20SU (15.1.2106.6), vulnerable
between-both|15.1.2106.11|unknown|not in the table; after CU18 Feb21SU (15.1.2106.8), vulnerable, and before CU18 Mar21SU (15.1.2106.13), fixed
after-fixed|15.1.2176.10|fixed|not in the table; after CU19 Mar21SU (15.1.2176.9), fixed, and before CU19 Apr21SU (15.1.2176.12), fixed
no-such-update|15.1.2200.1|unknown|its update is not in the table; it is later than CU19 (15.1.2176.2), vulnerable
later-update|15.1.2600.1|fixed|its update is not in the table; it is later than CU23 (15.1.2507.6), fixed
no-such-version|15.7.1.1|unknown|no build of this version is in the table
END

# ---- upgraded in place: CU18, its fix, then an update without, then its fix ----
{
	echo 'time 2020-10-03T18:00:00Z'
	folders 15.1.2106.2
	program 15.1.2106.2
	echo "$log"
	setup 15.1.2106.2
	echo 'time 2021-03-04T19:00:00Z'
	replace 15.1.2106.13
	setup 15.1.2106.13 15.1.2106.2
	echo 'time 2021-03-10T05:00:00Z'
	folders 15.1.2176.2
	replace 15.1.2176.2
	setup 15.1.2176.2 15.1.2106.13
	echo 'time 2021-03-11T22:00:00Z'
	replace 15.1.2176.9
	setup 15.1.2176.9 15.1.2176.2
} | serve upgraded "$V15"
is 'upgraded: the build' "$(resolved upgraded)" '15.1.2176.9|Exchange 2016 CU19 Mar21SU (KB5000871, 2021-03-02)'
is 'upgraded: the window that an update opened again' "$(periods upgraded)" '1|vulnerable|2020-10-03T18:00|2021-03-04T19:38
2|fixed|2021-03-04T19:38|2021-03-10T05:00
3|vulnerable|2021-03-10T05:00|2021-03-11T22:00
4|fixed|2021-03-11T22:00|-'
is 'upgraded: never fixed for ProxyShell' "$(periods upgraded CVE-2021-34473)" '1|vulnerable|2020-10-03T18:00|-'
is 'upgraded: agreement' "$(disagreements upgraded)" ''

# ---- what the services say, where setup says nothing: the change lies between two of their logs ----
{
	echo 'time 2021-01-10T18:00:00Z'
	folders 15.1.2176.2
	echo 'server EXCH01 build=15.1.2176.2 inst="$(inst)"'
	echo 'updated 2021-03-03T12:00:00Z 15.1.2176.9'
	echo 'visitor a ip=198.51.100.7 user=EXAMPLE\a'
	for day in 01 02 03 04 05; do
		echo "visit 2021-03-${day}T10:15:00Z a GET /owa/ protocol=Owa backend=/owa/"
	done
	echo 'time 2021-03-05T20:00:00Z'
	echo 'logs only=httpproxy'
} | serve services "$V15"
is 'services: the newest build that somebody names' "$(resolved services)" '15.1.2176.9|Exchange 2016 CU19 Mar21SU (KB5000871, 2021-03-02)'
is 'services: the change lies between two of their logs' "$(periods services)" '1|vulnerable|2021-01-10T18:00|2021-03-04T10:15
2|fixed|2021-03-04T10:15|-'
is 'services: and that is said' "$(ask services "SELECT reason LIKE '%replaced after 2021-03-03T10:15%' FROM v_exposure WHERE cve = 'CVE-2021-26855' AND number = 1")" 1
is 'services: agreement' "$(disagreements services)" ''

# ---- services that were not started anew: the server stays open, and that is odd after a day ----
{
	echo 'time 2020-12-20T18:00:00Z'
	folders 15.1.2176.2
	echo 'server EXCH01 build=15.1.2176.2 inst="$(inst)"'
	echo 'visitor a ip=198.51.100.7 user=EXAMPLE\a'
	for day in 01 02 03 04 05 06 07 08; do
		echo "visit 2021-03-${day}T10:15:00Z a GET /owa/ protocol=Owa backend=/owa/"
	done
	echo 'time 2021-03-04T19:00:00Z'
	program 15.1.2176.9
	echo 'time 2021-03-08T20:00:00Z'
	echo 'logs only=httpproxy'
} | serve lingers "$V15"
is 'lingers: open as long as services ran the old build' "$(periods lingers)" '1|vulnerable|2020-12-20T18:00|2021-03-08T10:15
2|fixed|2021-03-08T10:15|-'
is 'lingers: who says so' "$(ask lingers "SELECT witnesses || '|' || (reason LIKE '%still in use 2021-03-08T10:15%') FROM v_exposure WHERE cve = 'CVE-2021-26855' AND number = 1")" 'folder|1'
is 'lingers: that is told' "$(disagreements lingers)" \
	'the witnesses of the build of Exchange disagree: this log names an older build when the newer was installed already, 15.1.2176.2, where the others come to 15.1.2176.9'

# ---- an ExSetup.exe that is older than its server: put there by somebody, or the update was taken back ----
{
	echo 'time 2020-12-20T18:00:00Z'
	folders 15.1.2176.2
	program 15.1.2176.2
	echo "$log"
	setup 15.1.2176.2
	echo 'time 2021-03-04T19:00:00Z'
	setup 15.1.2176.9 15.1.2176.2
} | serve disagree "$V15"
is 'disagree: the program counts' "$(resolved disagree)" '15.1.2176.2|Exchange 2016 CU19 (2020-12-15)'
is 'disagree: and that the others say otherwise is told' "$(disagreements disagree)" \
	'the witnesses of the build of Exchange disagree: this setup log names a newer build, 15.1.2176.9, where the others come to 15.1.2176.2'
is 'disagree: nor is it called fixed' "$(ask disagree "SELECT state FROM v_exposure WHERE cve = 'CVE-2021-26855' ORDER BY number DESC LIMIT 1")" vulnerable

# ---- what the installer lists: each security update is a program of its own there ----
listed() { # NAME TIME
	printf 'key Microsoft\\Windows\\CurrentVersion\\Uninstall\\{4934D1EA-BE46-48B1-8847-F1AF20E892C1}.KB%s @%s\nsz DisplayName=%s (KB%s)\n' "$1" "$2" "$3" "$1"
}
serve_listed() { # NAME BUILD, updates on stdin
	{
		echo 'time 2020-12-20T18:00:00Z'
		folders "${2%.*}.2"
		program "$2"
		echo 'file "Windows\System32\config\SOFTWARE" = hive <<END'
		cat
		echo END
	} | serve "$1" "$V15"
}
listed_rows() { ask "$1" "SELECT build || '|' || means || '|' || coalesce(substr(time, 1, 16), '-') || '|' || note FROM v_builds WHERE witness = 'registry' ORDER BY 1"; }
{
	listed 5000871 2021-03-05T02:10:00Z 'Security Update for Exchange Server 2016 Cumulative Update 19'
} | serve_listed listed 15.1.2176.9
is 'listed: a KB stands for a build' "$(listed_rows listed)" \
	'15.1.2176.9|in use|2021-03-05T02:10|KB5000871 in the list of installed programs; the time is the last write of the key'
is 'listed: agreement' "$(disagreements listed)" ''
{
	listed 5001779 2021-04-15T02:10:00Z 'Security Update for Exchange Server 2016 Cumulative Update 19'
	listed 5099999 2022-04-15T02:10:00Z 'Security Update for Exchange Server 2016 Cumulative Update 18'
	listed 5000871 2021-03-05T02:10:00Z 'Security Update for Exchange Server 2016'
	listed 4000001 2021-03-05T02:10:00Z 'Update for Something Else'
} | serve_listed listed-other 15.1.2176.9
is 'listed: a number in no table tells its cumulative update, and one of several of these nothing' "$(listed_rows listed-other)" \
	'15.1.2106|undated|-|KB5099999 in the list of installed programs, a number that is in no table: tells the cumulative update alone; the time is the last write of the key
15.1.2176.12|in use|2021-04-15T02:10|KB5001779 in the list of installed programs; the time is the last write of the key'
is 'listed: a newer one than ExSetup.exe is told' "$(disagreements listed-other)" \
	'the witnesses of the build of Exchange disagree: this registry names a newer build, 15.1.2176.12, where the others come to 15.1.2176.9'

# ---- no ExSetup.exe, no run of setup: the folder of the update alone, which does not tell ----
{
	echo 'time 2021-03-20T10:00:00Z'
	echo 'file "$(inst)\FrontEnd\HttpProxy\owa\auth\15.1.2176\flogon.js" = page script'
} | serve folder-alone "$V15"
is 'folder alone: the update' "$(resolved folder-alone)" '15.1.2176|Exchange 2016 CU19, whatever its security update'
is 'folder alone: not known' "$(periods folder-alone)" '1|unknown|2021-03-20T10:00|-'
is 'folder alone: before there was any fix it was open' "$(periods folder-alone CVE-2021-34473)" '1|vulnerable|2021-03-20T10:00|2021-04-13T00:00
2|unknown|2021-04-13T00:00|-'
{
	echo 'time 2021-03-20T10:00:00Z'
	echo 'dir "$(inst)\FrontEnd\HttpProxy\owa\auth"'
} | serve nothing "$V15"
is 'nothing: said' "$(ask nothing "SELECT what FROM v_limitations WHERE what LIKE 'no witness%'")" \
	'no witness of the build of this Exchange was found: what it was open to is not known'

# ---- an ExSetup.exe that is no program ----
{
	echo 'time 2021-03-20T10:00:00Z'
	folders 15.1.2176.9
	echo 'file "$(inst)\bin\ExSetup.exe" = words 9000'
} | serve no-program "$V15"
is 'no program: said' "$(ask no-program "SELECT what FROM v_limitations WHERE path LIKE '%ExSetup.exe'")" \
	'ExSetup.exe does not say its version: the build is not known from it'
is 'no program: the folder tells' "$(resolved no-program)" '15.1.2176.9|Exchange 2016 CU19 Mar21SU (KB5000871, 2021-03-02)'

# ---- an update that writes over the file, whose birth then is none; a run that failed; one without an end ----
{
	echo 'time 2020-12-20T18:00:00Z'
	folders 15.1.2176.2
	program 15.1.2176.2
	echo 'time 2021-03-04T19:00:00Z'
	echo 'write "$(inst)\bin\ExSetup.exe" = program 12000 version=15.1.2176.9'
	cat <<'LOG'
file "ExchangeSetupLogs\ExchangeSetup.log" <<END
[12.20.2020 18:01:00.0000] [0] Starting Microsoft Exchange Server 2016 Setup
[12.20.2020 18:01:01.0000] [0] Setup version: 15.1.2176.2.
[12.20.2020 18:01:02.0000] [0] Command Line Parameter Name='mode', Value='Install'.
[12.20.2020 18:40:00.0000] [0] The Exchange Server setup operation completed successfully.
[03.18.2021 01:00:00.0000] [0] Starting Microsoft Exchange Server 2016 Setup
[03.18.2021 01:00:01.0000] [0] Setup version: 15.1.2242.4.
[03.18.2021 01:00:02.0000] [0] Command Line Parameter Name='mode', Value='Upgrade'.
[03.18.2021 01:20:00.0000] [1] The Exchange Server setup operation didn't complete. More details can be found in ExchangeSetup.log.
[03.20.2021 01:00:00.0000] [0] Setup version: 15.1.2242.4.
[03.20.2021 01:00:02.0000] [0] Command Line Parameter Name='prepareschema', Value=''.
[03.20.2021 01:20:00.0000] [0] The Exchange Server setup operation completed successfully.
[03.21.2021 01:00:01.0000] [0] Setup version: 15.1.2242.4.
[03.21.2021 01:00:02.0000] [0] Command Line Parameter Name='mode', Value='Upgrade'.
END
LOG
} | serve over "$V15"
is 'over: runs as they ended' "$(ask over "SELECT means || '|' || build || '|' || note FROM v_builds WHERE witness = 'setup log' ORDER BY time")" \
	"installed|15.1.2176.2|mode Install, completed
tried|15.1.2242.4|mode Upgrade, failed
tried|15.1.2242.4|mode prepare, completed
tried|15.1.2242.4|mode Upgrade, how it ended is not told"
is 'over: the entry changed when the file was written over' "$(periods over)" '1|vulnerable|2020-12-20T18:00|2021-03-04T19:00
2|fixed|2021-03-04T19:00|-'

# ---- mitigated, and the mitigation taken back ----
{
	echo 'time 2020-12-20T18:00:00Z'
	folders 15.1.2176.2
	program 15.1.2176.2
	echo 'time 2021-03-16T10:00:00Z'
	cat <<'LOG'
file "inetpub\wwwroot\web.config" <<END
<configuration><system.webServer><rewrite><rules>
<rule name="X-BEResource Abort - inbound"><match url=".*" /><action type="AbortRequest" /></rule>
<rule name="X-AnonResource-Backend Abort - inbound"><match url=".*" /><action type="AbortRequest" /></rule>
</rules></rewrite></system.webServer></configuration>
END
file "Windows\Temp\msert\EOMT.log" <<END utf16
2021-03-16 11:00:01 Info: Starting mitigation process on EXCH01
2021-03-16 11:00:09 Info: Mitigation complete on EXCH01 :: Default Web Site
2021-04-20 09:00:00 Info: Rollback of mitigation complete on EXCH01
END
LOG
} | sed 's/^file "\(.*\)EOMT.log" <<END utf16/file "\1EOMT.log" = here utf16 <<END/' | serve mitigated "$V15"
is 'mitigated: traces' "$(ask mitigated "SELECT cve || '|' || state || '|' || substr(first, 1, 16) || '|' || path FROM v_mitigations ORDER BY state DESC, first, path, title")" \
	'CVE-2021-26855|on|2021-03-16T10:00|/inetpub/wwwroot/web.config
CVE-2021-26855|on|2021-03-16T10:00|/inetpub/wwwroot/web.config
CVE-2021-26855|on|2021-03-16T11:00|/Windows/Temp/msert/EOMT.log
CVE-2021-26855|off|2021-04-20T09:00|/Windows/Temp/msert/EOMT.log'
is 'mitigated: not patched all the same' "$(ask mitigated "SELECT state || '|' || (reason LIKE '%mitigated, not patched: %') FROM v_exposure WHERE cve IN ('CVE-2021-26855', 'CVE-2021-27065') ORDER BY cve")" \
	'vulnerable|1
vulnerable|0'

# ---- the verdict: a server that was never open since the window began is told from one that is fixed by now ----
verdict() { ask "$1" "SELECT verdict FROM v_verdict WHERE question = '$2'"; }
is 'verdict: installed with the fix' "$(verdict 2016-cu20 CVE-2021-26855)" 'not affected (build)'
is 'verdict: a version that never had it' "$(verdict 2010 CVE-2021-26855)" 'not affected (build)'
is 'verdict: that version, the hole that it has' "$(verdict 2010 CVE-2021-26857)" 'not assessable'
is 'verdict: fixed by now' "$(verdict upgraded CVE-2021-26855)" 'not assessable'
is 'verdict: a build that nobody knows' "$(verdict between-both CVE-2021-26855)" 'not assessable'
is 'verdict: a build says nothing of shells' "$(verdict 2016-cu20 'web shell')" 'not assessable'

# ---- the same case whatever the number of threads; the verbs; info ----
triage again 0,3 --no-control -j 1 "$work/upgraded.raw"
same 'one thread' "$work/upgraded/case.db" "$work/again/case.db"
run 0 exposure "$work/upgraded"
grep -q 'CVE-2021-26855 *vulnerable *2020-10-03T18:00' "$work/stdout" && ok || bad 'the verb does not show the window'
run 0 exposure --builds --json "$work/upgraded"
grep -q '"witness":"ExSetup.exe","build":"15.1.2176.9"' "$work/stdout" && ok || bad 'the verb does not show the witnesses'
run 0,3 info "$work/2016-may21.raw"
grep -q 'build 15.1.2176.14' "$work/stdout" && ok || bad 'info does not say the build'

# ---- the program, read by somebody else ----
pels=${PELS:-$PWD/tests/pels}
python=$(for p in python3 /usr/bin/python3; do "$p" -c 'import pefile' 2>/dev/null && echo "$p" && break; done)
if [ -n "$python" ] && [ -x "$pels" ] && command -v icat >/dev/null; then
	for name in 2013-cu23 2019-mar21 2010; do
		icat "$work/$name.raw" "$(ask "$name" "SELECT mft FROM v_builds WHERE witness = 'ExSetup.exe'")" >"$work/$name.exe"
		"$pels" "$work/$name.exe" >"$work/ours"
		"$python" "$here/pe.py" "$work/$name.exe" >"$work/theirs"
		same "$name: pefile sees another ExSetup.exe" "$work/ours" "$work/theirs"
		[ -s "$work/theirs" ] && ok || bad "$name: no ExSetup.exe was read"
	done
fi
finish
