#!/bin/bash
# pages.sh - what a server ran and by which settings: compiled pages, saved virtual directories, configurations and their
# history; and an intrusion of which only remains are left, told by the timeline.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need python3
webls=${WEBLS:-$PWD/tests/webls}

# golden WHAT CASE SQL: what the question gives must be the lines on stdin
golden() {
	ask "$2" "$3" >"$work/got"
	cat >"$work/wanted"
	cmp -s "$work/got" "$work/wanted" && ok || { bad "$1"; diff "$work/wanted" "$work/got"; }
}

forge pages p.raw
triage p 3 "$work/p.raw"

# ---- the intrusion, from what is left of it ----
golden 'written, compiled 1.66 s later, used, deleted: the timeline alone' p "SELECT time, kind, finding IS NOT NULL FROM v_timeline
	WHERE kind IN ('directory.set', 'compiled.page', 'page.gone', 'file.fn.created', 'iis.request') AND time > '2021-03-14T06:40' AND time < '2021-03-14T06:50'
	AND (subject LIKE '%ohyeah%' OR summary LIKE '%ohyeah%' OR kind = 'directory.set' OR raw LIKE '%ohyeah%') ORDER BY ticks, kind" <<'END'
2021-03-14T06:40:12.0000000Z|directory.set|1
2021-03-14T06:40:13.6590000Z|file.fn.created|1
2021-03-14T06:40:15.0000000Z|iis.request|1
2021-03-14T06:40:15.3150000Z|compiled.page|1
2021-03-14T06:40:15.3150000Z|file.fn.created|1
2021-03-14T06:41:02.0000000Z|iis.request|1
2021-03-14T06:44:10.7770000Z|page.gone|1
END
expect 'the time between writing and compiling is told' p "SELECT count(*) FROM v_timeline WHERE kind = 'compiled.page' AND subject = '/owa/auth/ohyeah.aspx' AND summary LIKE '% 1.6560000 s before%'" 1
expect 'a shell was there' p "SELECT verdict FROM v_verdict WHERE question = 'web shell'" exploited
expect 'and it was used' p "SELECT verdict FROM v_verdict WHERE question = 'shell used'" exploited

# ---- compiled pages ----
golden 'every page that was compiled, and what became of it' p "SELECT virtual_path, substr(compiled, 1, 19), \"exists\", shipped, page_path, dll IS NOT NULL, deleted, finding IS NOT NULL FROM v_pages ORDER BY ticks, virtual_path" <<'END'
/farm/menu.aspx|2020-06-01T05:00:00||||0|0|0
/intranet/start.aspx|2020-06-01T05:00:00|1||/sites/intranet/start.aspx|0|0|0
/owa/auth/logon.aspx|2020-06-01T05:00:00|1|1|/Program Files/Microsoft/Exchange Server/V15/FrontEnd/HttpProxy/owa/auth/logon.aspx|1|0|0
/com/help.aspx|2021-03-03T22:16:08|1|0|/ProgramData/COM1/help.aspx|1|0|1
/owa/auth/ohyeah.aspx|2021-03-14T06:40:15|0|0|/Program Files/Microsoft/Exchange Server/V15/FrontEnd/HttpProxy/owa/auth/ohyeah.aspx|1|0|1
/aspnet_client/system_web/iispage.aspx|2021-03-15T00:00:05|0|0|/inetpub/wwwroot/aspnet_client/system_web/iispage.aspx|0|0|1
/ecp/auth/old.aspx|2021-03-15T00:00:05|0|0|/Program Files/Microsoft/Exchange Server/V15/FrontEnd/HttpProxy/ecp/auth/old.aspx|0|1|1
/owa/auth/lone.aspx|2021-03-15T00:00:05|0|0|/Program Files/Microsoft/Exchange Server/V15/FrontEnd/HttpProxy/owa/auth/lone.aspx|1|0|1
/owa/auth/torn.aspx|2021-03-15T00:00:05|0|0|/Program Files/Microsoft/Exchange Server/V15/FrontEnd/HttpProxy/owa/auth/torn.aspx|0|0|1
END
golden 'findings on them, by rule' p "SELECT rule, level, technique, count(*) FROM v_findings WHERE rule LIKE 'compiled-page-%' GROUP BY rule, level" <<'END'
compiled-page-gone|high|T1505.003|5
compiled-page-unlisted|high|T1505.003|1
END
golden 'what was read of the caches' p "SELECT replace(path, '/Windows/Microsoft.NET/', ''), state, items, lost FROM v_coverage WHERE source = 'compiled' ORDER BY path" <<'END'
Framework/v4.0.30319/Temporary ASP.NET Files|read|1|0
Framework64/v4.0.30319/Temporary ASP.NET Files|partly|7|1
END

# ---- saved virtual directories ----
golden 'whose, with what script, and by which clock' p "SELECT level, path, basis LIKE '%server MXS01;%', basis LIKE '%takes from a request what is called code;%', basis LIKE '%UTC-05:00%', basis LIKE '%born 1.6590000 s later%', basis LIKE '%either way round%' FROM v_findings WHERE rule LIKE 'saved-%' ORDER BY level" <<'END'
critical|/Program Files/Microsoft/Exchange Server/V15/FrontEnd/HttpProxy/owa/auth/ohyeah.aspx|1|1|1|1|0
medium|/inetpub/wwwroot/oab.txt|1|0|0|0|1
END

expect 'the script answers the question for its hole' p "SELECT verdict FROM v_verdict WHERE question = 'CVE-2021-27065'" exploited

# ---- settings ----
golden 'what lets other code run, and what is a mitigation' p "SELECT rule, level, substr(basis, 1, instr(basis, ':') - 1) FROM v_findings WHERE rule LIKE 'setting-%' ORDER BY rule, level, 3" <<'END'
setting-directory|high|virtual directory /com of Default Web Site
setting-directory|low|virtual directory /intranet of Default Web Site
setting-directory|medium|virtual directory /farm of Default Web Site
setting-handler|high|handler Pictures
setting-key|info|machine key machineKey
setting-library|high|native module CacheHelper
setting-library|high|native module Ghost
setting-library|medium|module Evil
setting-library|medium|native module UriExtModule
setting-mitigation|info|rewrite rule X-AnonResource-Backend Abort - inbound
setting-mitigation|info|rewrite rule X-BEResource Abort - inbound
setting-public-key|high|machine key machineKey
setting-rewrite|high|rewrite rule X-BEResource Abort - inbound
END
golden 'since when, by the copies that IIS keeps' p "SELECT substr(time, 1, 19), substr(summary, 1, instr(summary, ' (') - 1) FROM v_timeline WHERE kind = 'config.change' AND source LIKE '%applicationHost.config' ORDER BY ticks, summary" <<'END'
2021-02-28T03:30:11|added: virtual directory /com of Default Web Site: C:\ProgramData\COM1
2021-03-03T22:15:42|added: native module UriExtModule: %windir%\System32\inetsrv\uriext.dll
2021-03-03T22:15:42|removed: native module CacheHelper: C:\PerfLogs\cachehelp.dll
END
expect 'what came between two copies says so' p "SELECT count(*) FROM v_findings WHERE rule = 'setting-directory' AND basis LIKE '%it came between 2021-01-10T08:00:00.1000000Z (CFGHISTORY_0000000010) and 2021-02-28T03:30:11.2000000Z (CFGHISTORY_0000000011)'" 1
expect 'what is gone is told from the last copy that has it' p "SELECT path FROM v_findings WHERE basis LIKE '%CacheHelper%from 2021-03-03T22:15:42.3000000Z (in use) on it is gone'" /inetpub/history/CFGHISTORY_0000000011/applicationHost.config
expect 'no key stands in the case' p "SELECT count(*) FROM v_findings WHERE excerpt LIKE '%CB2721AB%' OR basis LIKE '%CB2721AB%' OR excerpt LIKE '%00112233%'" 0
golden 'configurations that are broken' p "SELECT path, state, lost FROM v_coverage WHERE source = 'settings' AND state <> 'read'" <<'END'
/Program Files/Microsoft/Exchange Server/V15/ClientAccess/OAB/web.config|partly|1
END

# ---- the reader against another one ----
# against FILE: both find the same settings in it
against() {
	"$webls" "$1" 2>"$work/damage" | sort >"$work/ours"
	python3 "$here/webconfig.py" "$1" | sort >"$work/theirs" || bad "python cannot read $1"
	cmp -s "$work/ours" "$work/theirs" && [ ! -s "$work/damage" ] && ok || { bad "$1 is read otherwise"; diff "$work/theirs" "$work/ours" | head -5; }
}
scenario=$top/fixtures/scenarios/pages.scenario
for name in 'config)\\applicationHost.config' 'wwwroot\\web.config' 'HttpProxy\\ecp\\web.config' 'ClientAccess\\ecp\\web.config'; do
	sed -n "/$name\"/,/^END/p" "$scenario" | sed '1d;$d' >"$work/one.config"
	against "$work/one.config"
done
sed 's/encoding="UTF-8"/encoding="UTF-16"/' "$work/one.config" | iconv -f UTF-8 -t UTF-16 >"$work/utf16.config"
against "$work/utf16.config"
# genuine ones: the same settings, and none of them is a lead
configs=0
for config in "${POSTMORTEM_CORPUS:-/nonexistent}"/exchange-config/*IIS__*.config; do
	[ -f "$config" ] && against "$config" && configs=$((configs + 1))
done
if [ "$configs" -gt 0 ]; then
	echo "$configs genuine configurations compared"
	{
		sed -n '/^seed/,/^volume/p' "$scenario"
		echo 'file "$(inst)\Bin\ExSetup.exe" = program 9000 version=15.1.2375.7'
		echo 'file "Windows\System32\config\SYSTEM.LOG" = text none'
		number=0
		for config in "$POSTMORTEM_CORPUS"/exchange-config/*IIS__*.config; do
			number=$((number + 1))
			cp "$config" "$work/genuine$number"
			case $config in
			*applicationHost.config) echo "file \"\$(config)\\applicationHost.config\" = host genuine$number" ;;
			*) echo "file \"\$(inst)\\ClientAccess\\part$number\\web.config\" = host genuine$number" ;;
			esac
		done
	} >"$work/genuine.scenario"
	"$forge_program" "$work/genuine.scenario" -o "$work/genuine.raw" >/dev/null 2>"$work/stderr" || bad "forging genuine.raw: $(cat "$work/stderr")"
	triage genuine 0,3 "$work/genuine.raw"
	expect 'genuine settings are no lead' genuine "SELECT count(*) FROM v_findings WHERE rule LIKE 'setting-%' AND level NOT IN ('info', 'low')" 0
	expect 'and were read' genuine "SELECT count(*), sum(state <> 'read'), sum(items) > 400 FROM v_coverage WHERE source = 'settings'" "$configs|0|1"
fi

# ---- the same case however it is made, and findings that others can see ----
triage j 3 -j 1 "$work/p.raw"
same 'one thread or more' "$work/p/case.db" "$work/j/case.db"
run 0,3 verify -c "$work/p"
grep -q ' 0 differ' "$work/stdout" "$work/stderr" && ok || bad 'findings are not seen again'
run 0 pages "$work/p"
grep -q '/owa/auth/ohyeah.aspx' "$work/stdout" && ok || bad 'the verb pages does not list them'

# ---- two exhibits in one case keep their places apart ----
forge compromised c.raw
triage c 0,3 "$work/c.raw"
run 0,3 merge -c "$work/both" "$work/p" "$work/c"
golden 'pages of both' both "SELECT e.name, count(*), count(DISTINCT p.page_volume), count(f.finding) FROM v_pages p JOIN v_evidence e USING (evidence)
	LEFT JOIN v_findings f ON f.evidence = p.evidence AND f.finding = p.finding GROUP BY e.name ORDER BY e.name" <<'END'
c.raw|3|1|3
p.raw|9|1|6
END

# ---- without a configuration of IIS: where Exchange and IIS are usually served from ----
{
	cat "$top/fixtures/scenarios/pages.scenario"
	echo 'delete "Windows\System32\inetsrv\config\applicationHost.config" reuse'
	for n in 10 11; do echo "delete \"inetpub\\history\\CFGHISTORY_00000000$n\\applicationHost.config\" reuse"; done
	for n in 1 2 3 4; do echo "file \"other$n.txt\" nonresident = words 9000"; done
	echo 'file "inetpub\wwwroot\sub\web.config" <<END'
	echo '<configuration><system.webServer><modules>'
	for n in $(seq 700); do echo "<add name=\"m$n\" type=\"Foreign.M$n, F\" />"; done
	echo '</modules></system.webServer></configuration>'
	echo END
} >"$work/bare.scenario"
"$forge_program" "$work/bare.scenario" -o "$work/bare.raw" >/dev/null 2>"$work/stderr" || bad "forging bare.raw: $(cat "$work/stderr")"
triage bare 3 "$work/bare.raw"
golden 'pages are found in the usual places' bare "SELECT virtual_path, \"exists\", shipped FROM v_pages WHERE virtual_path LIKE '/owa/%' OR virtual_path LIKE '/asp%' ORDER BY virtual_path" <<'END'
/aspnet_client/system_web/iispage.aspx|0|0
/owa/auth/logon.aspx|1|1
/owa/auth/lone.aspx|0|0
/owa/auth/ohyeah.aspx|0|0
/owa/auth/torn.aspx|0|0
END
expect 'of a configuration that was made to have many leads, some are told' bare "SELECT count(*) FROM v_findings WHERE path LIKE '%/sub/web.config' AND rule = 'setting-library'" 500
expect 'and how many are not' bare "SELECT count FROM v_limitations WHERE what LIKE 'more settings%'" 200
finish
