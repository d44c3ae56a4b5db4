#!/bin/bash
# logs.sh - the text logs of a server: each one is read to its end and accounted for, what Sigma rules say of their lines
# becomes findings and events, and icat and awk count the same lines. Deleted, compressed, torn, UTF-16 and encrypted ones.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need icat
case_db=$work/c1/case.db

ask() { sqlite3 -readonly "${2:-$case_db}" "$1"; }
is() {
	answer=$(ask "$2")
	if [ "$answer" = "$3" ]; then ok; else
		bad "$1"
		diff <(echo "$3") <(echo "$answer")
	fi
}

# ---- the logs ----

inst='Program Files\Microsoft\Exchange Server\V15'
iis='#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2021-03-02 00:00:00
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken'
proxy='DateTime,RequestId,Protocol,UrlStem,AnchorMailbox,UserAgent,ClientIpAddress,HttpStatus,Method'
cmdlet='DateTime,StartTime,RequestId,ServerHostName,AuthenticatedUser,Cmdlet,Parameters'

# requests N FROM: N requests from that hour of 2 March on, 2000 an hour, every 50th of them refused.
requests() {
	awk -v n="$1" -v h="$2" 'BEGIN { for (i = 0; i < n; i++)
		printf "2021-03-02 %02d:%02d:%02d 10.0.0.5 GET /owa/ n=%d 443 EXAMPLE\\user%d 10.0.0.%d Mozilla/5.0 - %d 0 0 %d\r\n",
			h + i / 2000, i / 7 % 60, i % 60, i, i % 40, i % 200 + 20, i % 50 ? 200 : 404, i % 90 }'
}
attack='2021-03-02 23:14:01 10.0.0.5 POST /ecp/y.js - 443 - 192.0.2.10 ExchangeServicesClient/0.0.0.0 - 200 0 0 147'
forged='2021-03-02T23:14:03.226Z,c090,Ecp,/ecp/y.js,ServerInfo~a]@EXCH01.example.test:444/ecp/proxyLogon.ecp?#,python-requests,192.0.2.10,241,POST'
dos() { sed 's/\r*$/\r/'; }

cd "$work" || exit 1
{ echo "$iis"; requests 3000 1; echo "$attack"; echo 'a line that is no request'; echo; } | dos >plain.log
{ echo "$iis"; requests 40000 2; echo "$attack"; } | dos >packed.log
{ echo "$iis"; for i in $(seq 600); do echo "$attack"; done; } | dos >flood.log
{ echo "$iis"; requests 10 5; printf '2021-03-02 06:00:00 10.0.0.5 POST /ecp/y.js'; } | dos | head -c -1 >torn.log
{ echo "#Fields: $proxy"; echo "$forged"; } | dos >proxy.log
{ echo "#Fields: $proxy"; echo "$forged"; } | dos | iconv -t UTF-16 >wide.log
{ echo "#Fields: $cmdlet"; echo '2021-03-02T23:20:00.000Z,2021-03-02T23:20:00.000Z,1,EXCH01,EXAMPLE\admin,New-MailboxExportRequest,"-Mailbox ""ceo"" -FilePath ""\\\\127.0.0.1\\c$\\inetpub\\wwwroot\\aspnet_client\\x.aspx"""'; } | dos >cmdlet.log
printf 'Get-Mailbox\r\nrundll32 C:\\windows\\system32\\comsvcs.dll MiniDump 612 C:\\windows\\temp\\x.dmp full\r\n' >history.txt
{ echo "$iis"; } | dos >head.log
: >none.log

cat >logs.scenario <<END
seed 7
disk bare
volume c size=96M label=logs letter=C
time 2021-03-03T00:00:00Z
file "Windows\\System32\\config\\SYSTEM" = zeros 4096
file "$inst\\FrontEnd\\HttpProxy\\owa\\web.config" = text x
file "$inst\\Bin\\ExSetup.exe" = program 4000 version=15.1.2106.2
file "inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210302.log" = host plain.log
file "inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210303.log" compressed = host packed.log
file "inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210304.log" = host flood.log
file "inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210305.log" = host torn.log
file "inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210306.log" nonresident = host plain.log
delete "inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210306.log"
file "inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210307.log" = host none.log
file "inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210308.log" = host head.log
file "inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210309.log" nonresident = host plain.log
encrypt "inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210309.log"
file "$inst\\Logging\\HttpProxy\\Ecp\\HttpProxy_2021030223-1.LOG" = host proxy.log
link "$inst\\Logging\\HttpProxy\\Ecp\\HttpProxy_2021030223-2.LOG" "$inst\\Logging\\HttpProxy\\Ecp\\HttpProxy_2021030223-1.LOG"
file "$inst\\Logging\\HttpProxy\\Owa\\HttpProxy_2021030223-1.LOG" = host wide.log
file "$inst\\Logging\\CmdletInfra\\Powershell-Proxy\\Cmdlet\\Rps_Cmdlet_2021030223-1.LOG" = host cmdlet.log
file "Users\\admin\\AppData\\Roaming\\Microsoft\\Windows\\PowerShell\\PSReadLine\\ConsoleHost_history.txt" = host history.txt
END
"$forge_program" logs.scenario -o logs.raw >/dev/null 2>stderr || { bad 'forging logs.raw'; cat stderr; }

# ---- each log is one row ----

triage c1 3 -j1 --profile hafnium --profile proxyshell logs.raw
triage c2 3 -j2 --profile hafnium --profile proxyshell logs.raw
same 'threads do not show' c1/case.db c2/case.db

is 'a row a log' "SELECT kind, state, replace(path, rtrim(path, replace(path, '/', '')), ''), deleted, lines, records, lost, blank
	FROM log ORDER BY kind, path" 'console|read|ConsoleHost_history.txt|0|2|2|0|0
httpproxy|read|HttpProxy_2021030223-1.LOG|0|2|1|0|0
httpproxy|read|HttpProxy_2021030223-1.LOG|0|2|1|0|0
iis|partly|u_ex210302.log|0|3007|3001|1|1
iis|read|u_ex210303.log|0|40005|40001|0|0
iis|read|u_ex210304.log|0|604|600|0|0
iis|partly|u_ex210305.log|0|15|10|1|0
iis|partly|u_ex210306.log|1|3007|3001|1|1
iis|empty|u_ex210307.log|0|0|0|0|0
iis|read|u_ex210308.log|0|4|0|0|0
iis|unreadable|u_ex210309.log|0|0|0|0|0
rps_cmdlet|read|Rps_Cmdlet_2021030223-1.LOG|0|2|1|0|0'
is 'and says so in the coverage' "SELECT source, state, first, last, items, lost, bytes FROM v_coverage WHERE path LIKE '%ex210302.log'" \
	"iis|partly|2021-03-02T01:00:00.0000000Z|2021-03-02T23:14:01.0000000Z|3001|1|$(wc -c <plain.log)"
is 'with the reason' "SELECT reason FROM v_coverage WHERE path LIKE '%ex210302.log' OR path LIKE '%ex210306.log' OR path LIKE '%ex210304.log' ORDER BY path" \
	"1 line could not be taken apart, the first at byte $(grep -abo 'a line that' plain.log | cut -d: -f1)
of 600 dated lines that rules hit, 500 are kept as events
deleted, and recoverable; 1 line could not be taken apart, the first at byte $(grep -abo 'a line that' plain.log | cut -d: -f1)"
is 'what is encrypted was not read' "SELECT reason FROM log WHERE state = 'unreadable'" \
	'encrypted by the file system (EFS): only its ciphertext is here, and it was not examined'
is 'lost lines are limitations' "SELECT count(*) FROM v_limitations WHERE what = 'line does not fit the columns of its log'" 3
is 'a torn line that a rule looks for is one, too' "SELECT count FROM v_limitations WHERE path LIKE '%ex210305.log' AND what LIKE '%values were not asked'" 1

# ---- icat and awk count the same ----

while IFS='|' read -r path mft; do
	icat logs.raw "$mft" | tr -d '\r' | awk '!/^#/ && NF > 1 && $1 ~ /^2021-/ { n[$1 "T" substr($2, 1, 2)]++; c[$1 "T" substr($2, 1, 2)] += $12 == 404 }
		END { for (h in n) print h ":00:00.0000000Z|" n[h] "|" c[h] + 0 }' | sort >counted
	ask "SELECT hour, lines, s4xx FROM v_hours WHERE mft = $mft AND hour IS NOT NULL ORDER BY hour" >stated
	if [ -s counted ] && cmp -s counted stated; then ok; else
		bad "the hours of $path"
		diff counted stated
	fi
done < <(ask "SELECT path, mft FROM log WHERE kind = 'iis' AND lines > 10 ORDER BY path")

# ---- what rules say ----

short=$(sed -n 's/^id: //p' "$top/profiles/hafnium/sigma/ecp_short_script_answered.yml")
session=$(sed -n 's/^id: //p' "$top/profiles/hafnium/sigma/proxylogon_session_made.yml")
is 'one finding a rule and log' "SELECT count(*), count(DISTINCT path), min(level), max(level) FROM v_findings WHERE rule = '$short'" '4|4|high|high'
is 'which counts its lines' "SELECT substr(basis, 1, 112) FROM v_findings WHERE rule = '$short' AND path LIKE '%ex210304.log'" \
	"600 lines from 2021-03-02T23:14:01.0000000Z to 2021-03-02T23:14:01.0000000Z by the log's own clock; the first is"
is 'and says what it met' "SELECT basis LIKE '%cs-uri-stem|re|i %in cs-uri-stem: \"/ecp/y.js\"; %condition: selection and answered'
	FROM v_findings WHERE rule = '$short' AND path LIKE '%ex210302.log'" 1
is 'a deleted log is one that is deleted' "SELECT basis LIKE '%; the file is deleted%' FROM v_findings WHERE rule = '$short' AND path LIKE '%ex210306.log'" 1
is 'UTF-16 says the same' "SELECT count(*), count(DISTINCT excerpt) FROM v_findings WHERE rule = '$session'" '2|1'
is 'cmdlets and typed commands are asked' "SELECT count(DISTINCT kind) FROM log JOIN finding f USING (volume, mft) WHERE kind IN ('rps_cmdlet', 'console')" 2
is 'a line is one event' "SELECT kind, source LIKE '/%', subject, summary, level, raw FROM v_timeline WHERE kind = 'httpproxy.request' GROUP BY raw" \
	"httpproxy.request|1|192.0.2.10|POST /ecp/y.js for ServerInfo~a]@EXCH01.example.test:444/ecp/proxyLogon.ecp?# 241|critical|$forged"
is 'with the gravest of its findings' "SELECT count(*) FROM v_timeline t JOIN v_findings f USING (finding) WHERE t.raw IS NOT NULL AND t.level = f.level
	AND t.mft = f.mft" "$(ask "SELECT count(*) FROM v_timeline WHERE raw IS NOT NULL AND finding IS NOT NULL")"
is 'up to a limit' "SELECT count(*) FROM v_timeline WHERE source LIKE '%ex210304.log' AND raw IS NOT NULL AND finding IS NOT NULL" 500
is 'and the others since their address is named' "SELECT count(*), min(level), max(level) FROM v_timeline WHERE source LIKE '%ex210304.log' AND finding IS NULL AND raw IS NOT NULL" '100|info|info'
is 'and a log with findings has no times of its own that are marked' "SELECT count(*) FROM v_timeline WHERE kind LIKE 'file.%' AND finding IS NOT NULL
	AND subject LIKE '%ex210304.log'" 0
while IFS='|' read -r mft offset raw; do
	[ "$(icat logs.raw "$mft" | tail -c +$((offset + 1)) | head -1 | tr -d '\r')" = "$raw" ] && ok || bad "the line at $offset of $mft"
done < <(ask "SELECT mft, offset, max(raw) FROM v_timeline WHERE raw IS NOT NULL AND kind = 'iis.request' GROUP BY mft")

# ---- and of what nobody could ask ----

is 'a rule without its logs says so' "SELECT state, reason FROM v_rules WHERE rule = '$(sed -n 's/^id: //p' "$top/profiles/hafnium/sigma/oab_download_outside.yml")'" \
	'not-evaluable|OAB generator logs: none was found'
is 'and one whose field no header has' "SELECT reason FROM v_rules WHERE rule = '$(sed -n 's/^id: //p' "$top/profiles/hafnium/sigma/large_picture.yml")'" \
	'5 of 5 IIS logs cannot answer: needs sc-bytes, which IIS logs do not have'
is 'one with them was used' "SELECT state, hits FROM v_rules WHERE rule = '$short'" 'used|4'
triage left 3 --stages identify,walk,content --no-control logs.raw
case_db=$work/left/case.db
is 'logs can be left out' "SELECT count(*) FROM log" 0
is 'and are then not called clean' "SELECT state, reason FROM v_coverage WHERE path = 'IISLogs'" 'skipped|reading logs was left out by the user'
is 'nor their rules used' "SELECT DISTINCT state, reason FROM v_rules WHERE kind = 'sigma' AND source NOT LIKE '%/file_%'" 'not-evaluable|reading logs was left out by the user'
is 'the ledger has them' "SELECT items > 9 FROM v_ledger WHERE disposition = 'left out by the user'" 1
is 'a limitation says so' "SELECT count(*) FROM v_limitations WHERE what = 'the logs were left out by the user'" 1
triage alone 3 --stages identify,walk,logs,state --no-control logs.raw
case_db=$work/alone/case.db
is 'and can be read alone' "SELECT count(*) FROM log" 12
is 'without the rest' "SELECT state FROM v_coverage WHERE path = 'IISConfiguration' OR source = 'slack' OR path = 'IISWebRoot' GROUP BY 1" absent
finish
