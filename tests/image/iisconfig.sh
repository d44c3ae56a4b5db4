#!/bin/bash
# iisconfig.sh - logs and web folders that lie where only the configuration of IIS says: found, read, and what is missing told.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need python3
iisls=${IISLS:-$PWD/tests/iisls} ntfsls=${NTFSLS:-$PWD/tests/ntfsls}

# golden WHAT CASE SQL: what the question gives must be the lines on stdin
golden() {
	ask "$2" "$3" >"$work/got"
	cat >"$work/wanted"
	cmp -s "$work/got" "$work/wanted" && ok || { bad "$1"; diff "$work/wanted" "$work/got"; }
}
folders="SELECT state, items, path, replace(replace(replace(reason, ' by /Windows/System32/inetsrv/config/applicationHost.config; ', ' | '),
	' by /inetpub/history/CFGHISTORY_0000000007/applicationHost.config; ', ' in the history | '), 'volume was taken', 'volume') FROM v_coverage WHERE source = 'site' ORDER BY path"

# ---- the reader against another one ----
# against FILE: both say the same of it (the sides of the sites are ours alone)
against() {
	"$iisls" "$1" 2>"$work/damage" | grep -v '^central\|^redirected\|^whole' | sed '/^site/s/\t[^\t]*$//' >"$work/ours"
	python3 "$here/iisconfig.py" "$1" >"$work/theirs" || bad "python cannot read $1"
	cmp -s "$work/ours" "$work/theirs" && [ ! -s "$work/damage" ] && ok || { bad "$1 is read otherwise"; diff "$work/theirs" "$work/ours" | head -5; }
}
server=$top/fixtures/scenarios/iisconfig.scenario
sed -n '/applicationHost.config" nonresident/,/^END/p' "$server" | sed '1d;$d' >"$work/plain.config"
against "$work/plain.config"
sed 's/encoding="UTF-8"/encoding="UTF-16"/' "$work/plain.config" | iconv -f UTF-8 -t UTF-16 >"$work/utf16.config"
against "$work/utf16.config"
configs=0
for config in "${POSTMORTEM_CORPUS:-/nonexistent}"/exchange-config/*applicationHost.config; do
	[ -f "$config" ] && against "$config" && configs=$((configs + 1))
done
[ -z "${POSTMORTEM_CORPUS:-}" ] || echo "$configs genuine configurations compared"

# ---- a server that logs on D:, serves from E:, and names much that is not there ----
forge iisconfig a.raw
triage a 0,3 "$work/a.raw"
golden 'what became of each folder' a "$folders" <<'END'
absent|0|%SystemDrive%\Logs\W3SVC5|logs of site 5 (Usual) | no volume that was read holds this folder
skipped|0|%WEBHOME%\x|web folder of site 1 (Default Web Site) | no path that means anything without the server: an unknown variable, or no drive
skipped|0|C:\Mounted\pages|web folder of site 1 (Default Web Site) | volume 1: a folder on the way is a junction or mount point, which was not followed
absent|0|C:\Program Files\Microsoft\Exchange Server\V15\ClientAccess|web folder of site 2 (Exchange Back End) | no volume that was read holds this folder
empty|0|C:\Windows\..\Made|web folder of site 1 (Default Web Site) | volume 1: the folder is there and nothing is in it
read|1|D:\BackLogs\W3SVC2|logs of site 2 (Exchange Back End) | volume 2: /BackLogs/W3SVC2; drive D: taken for the volume at 26214400 because it holds the folder
read|2|D:\IISLogs\W3SVC1|logs of site 1 (Default Web Site) | volume 2: /IISLogs/W3SVC1; drive D: taken for the volume at 26214400 because it holds the folder
read|1|D:\OldLogs\W3SVC9|logs of site 9 (Removed) in the history | volume 2: /OldLogs/W3SVC9; drive D: taken for the volume at 26214400 because it holds the folder
read|1|D:\Traces|traces of failed requests of site 1 (Default Web Site), named 6 times, | volume 2: /Traces; drive D: taken for the volume at 26214400 because it holds the folder
read|1|E:\removed|web folder of site 9 (Removed) in the history | volume 3: /removed; drive E: taken for the volume at 42991616 because it holds the folder
read|1|E:\sites\intranet\|web folder of site 1 (Default Web Site), named 2 times, | volume 3: /sites/intranet; drive E: taken for the volume at 42991616 because it holds the folder
absent|0|F:\gone\away|web folder of site 1 (Default Web Site) | no volume that was read holds this folder
absent|0|G:\Logs\W3SVC4|logs of site 4 (Nowhere) | no volume that was read holds this folder; logs are in the format NCSA, whose fields are not known
read|1|\\?\UNC\127.0.0.1\C$\ProgramData\COM1\|web folder of site 1 (Default Web Site) | volume 1: /ProgramData/COM1
skipped|0|\\filer\web|web folder of site 1 (Default Web Site) | on another computer
read|4|c:\|web folder of site 1 (Default Web Site) | volume 1: /; a site serves a whole drive, or a folder of the system: of it the pages alone were chosen
absent|0|d:/iislogs\W3SVC3|logs of site 3 (Without & logs) | no volume that was read holds this folder; logging is switched off
END
golden 'the sites' a "SELECT site, name, side, bindings, log_folder, log_volume, log_path, current FROM v_sites ORDER BY site, current DESC" <<'END'
1|Default Web Site|front|http *:80:, https :443:mail.example.test, https [::1]:443:, net.tcp 808:*|D:\IISLogs\W3SVC1|26214400|/IISLogs/W3SVC1|1
2|Exchange Back End|back|http *:81:, https *:444:|D:\BackLogs\W3SVC2|26214400|/BackLogs/W3SVC2|1
3|Without & logs|other|http *:8080:|d:/iislogs\W3SVC3|||1
4|Nowhere|other|http *:8081:|G:\Logs\W3SVC4|||1
5|Usual|other|http *:8082:|%SystemDrive%\Logs\W3SVC5|||1
6|Files|other|ftp *:21:||||1
9|Removed||http *:9090:|D:\OldLogs\W3SVC9|26214400|/OldLogs/W3SVC9|0
END
golden 'the configurations' a "SELECT path, state, items, lost FROM v_coverage WHERE source = 'iisconfig' ORDER BY path" <<'END'
/Windows/System32/inetsrv/config/applicationHost.config|read|6|0
/inetpub/history/CFGHISTORY_0000000007/applicationHost.config|read|2|0
END
golden 'what was chosen elsewhere, and nothing else' a "SELECT path, allocated, role FROM v_files WHERE role IS NOT NULL AND (volume > 1048576 OR path LIKE '/Other/%') ORDER BY path" <<'END'
/BackLogs/W3SVC2/u_ex21030304.log|1|log
/IISLogs/W3SVC1/u_ex210303.log|1|log
/IISLogs/W3SVC1/u_ex210304.log|0|log
/IISLogs/W3SVC8/u_ex190101.log|1|log
/OldLogs/W3SVC9/u_ex200101.log|1|log
/Other/page.aspx|1|webroot
/Traces/W3SVC1/fr000001.xml|1|log
/removed/old.aspx|1|webroot
/sites/intranet/style.aspx|1|webroot
END
expect 'logs of both sites have findings, the deleted and the compressed one, too' a "SELECT count(DISTINCT path) FROM v_findings WHERE path LIKE '%.log'" 3
expect 'shells in served folders are found' a "SELECT count(DISTINCT path) FROM v_findings WHERE level = 'critical' AND path LIKE '%.aspx'" 4
expect 'what no site serves is not a web folder' a "SELECT count(*) FROM v_findings WHERE path LIKE '/elsewhere/%' AND rule LIKE 'web-root%'" 0
run 0 sites "$work/a"
grep -q 'Exchange Back End *back' "$work/stdout" && ok || bad 'the verb sites does not list them'
triage j 0,3 -j 1 "$work/a.raw"
same 'one thread or more' "$work/a/case.db" "$work/j/case.db"

# ---- the configuration is not what it should be ----
# changed NAME HOW [FORGE OPTION]...: the same server with a configuration that was changed by the python expression on its bytes
changed() {
	name=$1 how=$2
	shift 2
	forge iisconfig "$name.raw" "$@"
	python3 - "$work/$name.raw" "$how" <<'PYTHON' || bad "$name cannot be changed"
import sys
path, how = sys.argv[1:]
image = bytearray(open(path, 'rb').read())
at = image.index(b'<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- as setup')
end = image.index(b'</configuration>', at) + len(b'</configuration>\r\n')
text = bytes(image[at:end])
new = eval(how)
assert len(new) == len(text)
image[at:end] = new
open(path, 'wb').write(image)
PYTHON
	triage "$name" 3 "$work/$name.raw"
}
config_state="SELECT state, items FROM v_coverage WHERE source = 'iisconfig' AND path LIKE '/Windows/%'"
changed torn 'text[:text.index(b"<site name=\"Without")] + b"\0" * (len(text) - text.index(b"<site name=\"Without"))'
expect 'a torn one: what was read counts' torn "$config_state" 'partly|2'
expect 'its damage is a limitation with the place' torn "SELECT count(*) FROM v_limitations WHERE path LIKE '%/applicationHost.config' AND offset > 1000 AND what LIKE '%broken%'" 1
expect 'logs of the sites before are read' torn "SELECT group_concat(path || ' ' || state, ', ') FROM (SELECT * FROM v_coverage WHERE source = 'site' AND path LIKE 'D:%W3SVC%' ORDER BY path)" \
	'D:\BackLogs\W3SVC2 read, D:\IISLogs\W3SVC1 read, D:\OldLogs\W3SVC9 read'
changed gone 'b"\0" * len(text)'
expect 'nothing left of it' gone "$config_state" 'partly|0'
expect 'the history alone leads to logs and web folders' gone "SELECT group_concat(path || ' ' || state, ', ') FROM (SELECT * FROM v_coverage WHERE source = 'site' ORDER BY path)" \
	'D:\OldLogs\W3SVC9 read, E:\removed read, G:\Logs\W3SVC4 absent'
changed typed 'text.replace(b"<!-- as setup of Exchange leaves it, and what administrators and others made of it -->", b"<!DOCTYPE c [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>".ljust(86))'
expect 'a document type is refused' typed "$config_state" 'partly|0'
expect 'and said' typed "SELECT count(*) FROM v_limitations WHERE what LIKE '%document type%'" 1
forge iisconfig shared.raw --set shared=true --set packed=compressed
triage shared 3 "$work/shared.raw"
expect 'a configuration kept elsewhere is said' shared "SELECT count(*) FROM v_limitations WHERE path LIKE '%/redirection.config' AND what LIKE '%another place%'" 1
expect 'a compressed one is read' shared "$config_state" 'read|6'

# deleted: from the recycled record it is read as long as its clusters are its own
{
	cat "$server"
	echo 'use c'
	echo 'delete "Windows\System32\inetsrv\config\applicationHost.config"'
} >"$work/deleted.scenario"
"$forge_program" "$work/deleted.scenario" -o "$work/deleted.raw" >/dev/null 2>"$work/stderr" || bad "forging deleted.raw: $(cat "$work/stderr")"
triage deleted 0,3 "$work/deleted.raw"
expect 'a deleted one is read' deleted "$config_state" 'read|6'
expect 'and said to be deleted' deleted "SELECT count(*) FROM v_coverage WHERE source = 'iisconfig' AND reason LIKE '%deleted%'" 1

# ---- what lies in a folder is what all entries say ----
forge hostile hostile.raw
for image in hostile.raw:1048576 a.raw:1048576; do
	"$ntfsls" -l "$work/${image%:*}" "${image#*:}" >"$work/stdout" 2>/dev/null
	grep -q '^folders [1-9][0-9]* entries [1-9][0-9]* wrong 0$' "$work/stdout" && ok || bad "listings of $image: $(cat "$work/stdout")"
done

# ---- the logs of an Exchange that was not installed where it usually is ----
cat >"$work/logs.list" <<'LIST'
httpproxy Logging\HttpProxy\Ecp\HttpProxy_2021030304-1.LOG
httpproxy Logging\HttpProxy\PowerShell\HttpProxy2_2021030304-1.LOG
ecp Logging\ECP\Server\ECPServer20210303-1.LOG
ecp Logging\ECP\Activity\ECPActivity_4711_20210303-1.LOG
oab Logging\OABGeneratorLog\OABGeneratorLog20210303-1.LOG
oab Logging\OABGeneratorSimpleLog\OABGen20210303-1.LOG
ews Logging\Ews\Ews_2021030304-1.LOG
mapi Logging\MapiHttp\Mailbox\MapiHttp_2021030304-1.LOG
rps_http Logging\CmdletInfra\Powershell-Proxy\Http\Rps_Http_2021030304-1.LOG
rps_authz Logging\CmdletInfra\Powershell-Proxy\AuthZ\Rps_AuthZ_2021030304-1.LOG
rps_cmdlet Logging\CmdletInfra\LocalPowerShell\Cmdlet\Rps_Cmdlet_2021030304-1.LOG
rps_cmdlet Logging\CmdletInfra\Others\Cmdlet\Others_Cmdlet_2021030304-1.LOG
audit Logging\CosmosQueue\audit\audit20210303-1.LOG
audit Logging\LocalQueue\Exchange\audit20210303-1.LOG
generic Logging\RPC Client Access\RCA_20210303-1.LOG
generic Logging\RpcHttp\W3SVC2\RpcHttp2021030304-1.LOG
generic Logging\Autodiscover\Autodiscover_2021030304-1.LOG
msgtrk TransportRoles\Logs\MessageTracking\MSGTRK2021030304-1.LOG
generic TransportRoles\Logs\FrontEnd\ProtocolLog\SmtpReceive\RECV2021030304-1.LOG
LIST
{
	cat <<'HEAD'
seed 7
disk gpt
time 2021-03-03T04:00:00Z
volume c size=16M label=C letter=C
volume d size=16M label=D letter=D
use c
file "Windows\System32\config\SYSTEM" = text regf
file "Windows\System32\LogFiles\HTTPERR\httperr1.log" = text "#Fields: date"
file "Windows\debug\msert.log" = text "Started On"
file "ExchangeSetupLogs\ExchangeSetup.log" = text "[03/13/2021 05:01:29.0411] [0] begin"
file "Users\admin\AppData\Local\Temp\msert\EOMT.log" = text begin
use d
file "Mail Server\FrontEnd\HttpProxy\owa\auth\logon.aspx" = page logon
HEAD
	while read -r kind path; do printf 'file "Mail Server\\%s" = text "#Fields: date"\n' "$path"; done <"$work/logs.list"
} >"$work/logs.scenario"
"$forge_program" "$work/logs.scenario" -o "$work/logs.raw" >/dev/null 2>"$work/stderr" || bad "forging logs.raw: $(cat "$work/stderr")"
triage logs 0,3 "$work/logs.raw"
ask logs "SELECT kind || ' ' || substr(path, 14) FROM log WHERE path LIKE '/Mail Server/%'" | tr / '\\' | sort >"$work/got"
sort "$work/logs.list" >"$work/wanted"
cmp -s "$work/got" "$work/wanted" && ok || { bad 'logs of Exchange that were not read as what they are'; diff "$work/wanted" "$work/got"; }
expect 'those of Windows and of the tools, too' logs "SELECT group_concat(kind, ' ') FROM (SELECT kind FROM log WHERE path NOT LIKE '/Mail Server/%' ORDER BY kind)" \
	'eomt httperr msert setup'
expect 'the deleted log is read as a log' a "SELECT kind || ' ' || deleted || ' ' || records FROM log WHERE path LIKE '%/u_ex210304.log'" 'iis 1 1'
expect 'a Windows without IIS is said to have none' logs "SELECT state FROM v_coverage WHERE source = 'iisconfig'" absent

# ---- what setup writes, and a drive that two volumes could be ----
forge twodisks usual.raw
triage usual 0,3 "$work/usual.raw"
golden 'a usual server' usual "SELECT path, state, items > 0 FROM v_coverage WHERE source = 'site' ORDER BY path" <<'END'
%SystemDrive%\inetpub\logs\LogFiles\W3SVC1|read|1
%SystemDrive%\inetpub\logs\LogFiles\W3SVC2|read|1
END
{
	cat "$server"
	echo 'file "IISLogs\W3SVC1\u_ex200101.log" = text "#Fields: date time cs-method"'
} >"$work/both.scenario"
"$forge_program" "$work/both.scenario" -o "$work/both.raw" >/dev/null 2>"$work/stderr" || bad "forging both.raw: $(cat "$work/stderr")"
triage both 0,3 "$work/both.raw"
expect 'a drive that two volumes could be is both' both "SELECT count(*) || ' ' || min(reason LIKE '%another volume holds such a folder%') FROM v_coverage WHERE source = 'site' AND path = 'D:\\IISLogs\\W3SVC1'" '2 1'
finish
