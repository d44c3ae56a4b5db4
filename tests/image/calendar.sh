#!/bin/bash
# calendar.sh - which days the logs of a server cover, and what may be said when nothing is found: one server whose logs
# are whole, and what becomes of its calendar and its verdicts when some are gone, cut, unread or aged out.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
expected=$top/fixtures/calendar

# What a person is shown of one folder, and the verdicts that rest on logs; how many rules there are, and what else is
# found, is not the point here.
shown() { # CASE GLOB
	"$postmortem" coverage --calendar "$work/$1" --path "$2"
	sqlite3 "$work/$1/case.db" "SELECT question || ': ' || verdict || ': ' || reason FROM v_verdict
		WHERE question IN ('CVE-2021-26855', 'CVE-2021-27065', 'shell used', 'web shell') ORDER BY question" |
		sed -e 's/; [0-9]* of [0-9]* rules had nothing to be asked of ([^)]*)//' -e 's/; findings of level low beside it: [0-9]*//'
}

# server NAME GLOB [OPTION]... : the server with the lines of stdin behind it, examined and held against its golden
server() {
	name=$1 glob=$2
	shift 2
	{
		cat "$top/fixtures/scenarios/calendar.scenario"
		cat
	} >"$work/$name.scenario"
	cp "$top"/fixtures/scenarios/*.part "$work"
	container=raw
	case " $* " in *' --e01 '*) container=E01 ;; esac
	options=() sets=()
	for word; do
		case $word in
		--e01) ;;
		*=*) sets+=(--set "$word") ;;
		*) options+=("$word") ;;
		esac
	done
	if ! "$forge_program" "$work/$name.scenario" -o "$work/$name.$container" "${sets[@]}" >/dev/null 2>"$work/stderr"; then
		bad "forging $name: $(cat "$work/stderr")"
		return
	fi
	triage "$name.case" 0,3 "${options[@]}" "$work/$name.$container"
	shown "$name.case" "$glob" >"$work/$name.out"
	if cmp -s "$expected/$name.expected" "$work/$name.out"; then
		ok
	else
		bad "$name: not as $expected/$name.expected"
		diff "$expected/$name.expected" "$work/$name.out" | head -20
	fi
	rm -f "$work/$name.$container"
}
ask() { sqlite3 "$work/$1.case/case.db" "$2"; }
expect() { # WHAT NAME SQL VALUE
	got=$(ask "$2" "$3")
	[ "$got" = "$4" ] && ok || bad "$1: expected '$4', got '$got'"
}
verdict() { # NAME QUESTION VERDICT
	expect "$1: $2" "$1" "SELECT verdict FROM v_verdict WHERE question = '$2'" "$3"
}
w3='inetpub\logs\LogFiles\W3SVC1'
proxy='Program Files\Microsoft\Exchange Server\V15\Logging\HttpProxy'

# ---- all logs over the whole window: only then there is no trace ----
server whole '*/W3SVC1' <<-END
	logs
END
verdict whole CVE-2021-26855 'no trace'
verdict whole CVE-2021-27065 'no trace'
verdict whole 'web shell' 'no trace'
verdict whole overall 'not assessable' # event logs are needed for some questions, and are not there
expect 'no verdict is better than a question that is open' whole \
	"SELECT reason LIKE '%CVE-2021-26857%' FROM v_verdict WHERE question = 'overall'" 1

# ---- a folder that is gone ----
server noproxy '*HttpProxy*' <<-END
	logs only=iis,ecp
END
verdict noproxy CVE-2021-26855 'not assessable'
verdict noproxy CVE-2021-27065 'not assessable'
verdict noproxy 'web shell' 'no trace'
server noiis '*/HttpProxy/Ecp' <<-END
	logs only=httpproxy,ecp
END
verdict noiis CVE-2021-26855 'not assessable'
verdict noiis 'web shell' 'not assessable'
server noecp '*Ecp' protocols=Owa,Autodiscover <<-END
	logs
END
verdict noecp CVE-2021-26855 'not assessable'

# all logs of a folder deleted, and all of them recoverable: what they tell is told, and covers nothing
{
	echo logs
	for day in $(seq 0 77); do
		date=$(date -u -d "2020-12-27 +$day days" +%Y%m%d)
		for hour in 00 06 12 18; do
			echo "delete \"$proxy\\Ecp\\HttpProxy_$date$hour-1.LOG\""
		done
	done
} >"$work/wiped"
server wiped '*Ecp' <"$work/wiped"
verdict wiped CVE-2021-26855 'not assessable'
expect 'the lines of deleted logs are counted' wiped "SELECT count(*), sum(lines) FROM v_calendar
	WHERE state = 'partly' AND folder LIKE '%/HttpProxy/Ecp'" '73|292'

# ---- days that are gone: for good, and recoverable ----
server hole '*/W3SVC1' <<-END
	logs
	delete "$w3\u_ex210226.log" reuse
	delete "$w3\u_ex210227.log" reuse
	delete "$w3\u_ex210228.log" reuse
	fill 50 "Users\Public\Documents"
END
verdict hole 'web shell' 'not assessable'
verdict hole CVE-2021-26855 'not assessable'
server deleted '*/W3SVC1' <<-END
	logs
	delete "$w3\u_ex210301.log"
END
expect 'a deleted log that can be read is no whole day' deleted "SELECT state || lines FROM v_calendar
	WHERE folder LIKE '%W3SVC1' AND day = '2021-03-01'" partly12
server end '*/W3SVC1' <<-END
	logs
	delete "$w3\u_ex210313.log" reuse
	delete "$w3\u_ex210314.log" reuse
	fill 50 "Users\Public\Documents"
END

# ---- thirty days of Exchange's own logs ----
server rotated '*/HttpProxy/Owa' <<-END
	logs keep=30d
END
verdict rotated CVE-2021-26855 'not assessable'
verdict rotated 'web shell' 'no trace'

# ---- logs that are there and not read wholly; a day without lines ----
server unread '*/W3SVC1' <<-END
	logs
	encrypt "$w3\u_ex210302.log"
	append "$w3\u_ex210304.log" = text "2021-03-04 22:00:00 torn"
	write "$w3\u_ex210306.log" = text ""
END
verdict unread 'web shell' 'not assessable'

# ---- an hour out of a day ----
server hour '*/HttpProxy/Ecp' from=2021-03-07 every=5m --since 2021-03-08 <<-END
	logs
	delete "$proxy\Ecp\HttpProxy_2021031203-1.LOG" reuse
	delete "$proxy\Ecp\HttpProxy_2021031204-1.LOG" reuse
	fill 50 "Users\Public\Documents"
END
verdict hour CVE-2021-26855 'not affected (build)' # patched before the window begins: that is no matter of logs
verdict hour 'data taken' 'not assessable'
expect 'the hours are named' hour "SELECT count(*) FROM v_calendar WHERE state = 'partly' AND reason LIKE '%03 04%'" 1

# ---- before Exchange was there, and behind the host's end ----
server bounds '*/HttpProxy/Owa' --e01 --since 2020-09-20 <<-END
	acquisition date=2021-03-20T10:00:00Z
	logs
END

# ---- a file with a date of its own does not prolong the host's life, two do ----
server late '*/W3SVC1' <<-END
	logs
	file "Users\Public\odd.txt" all=2021-06-01T00:00:00Z = text "odd"
END
expect 'one odd time makes no day' late "SELECT max(day) FROM v_calendar" 2021-03-14

# ---- what programs get ----
run 0 coverage --calendar --json "$work/whole.case"
[ "$(wc -l <"$work/stdout")" = "$(ask whole 'SELECT count(*) FROM v_calendar')" ] && ok || bad 'coverage --calendar --json has not a line a day'
run 0 coverage --calendar --json "$work/whole.case" --path "*/W3SVC1"
grep -q "\"folder\":\"inetpub/logs/LogFiles/W3SVC1\",\"day\":\"2021-01-01\"" "$work/stdout" && ok || bad "the columns of a restricted question have other names"
run 0 export "$work/whole.case" --format csv --view calendar
[ "$(head -1 "$work/stdout" | tr -d '\r')" = evidence,source,folder,day,state,lines,bytes,reason,volume,snapshot ] && ok ||
	bad 'export --view calendar has other columns'
cp -r "$work/hole.case" "$work/again.case"
"$postmortem" merge -q -c "$work/again.case" "$work/hole.case" >/dev/null 2>&1
same 'a case that is judged again' "$work/hole.case/case.db" "$work/again.case/case.db"
finish
