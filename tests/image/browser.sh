#!/bin/bash
# browser.sh - the report in a real browser: it complains of nothing, asks nobody for anything, and its script works.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need python3
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip 'chromium is not installed'

# open_page FILE: leaves $work/dom, $work/complaints and $work/asked
open_page() {
	timeout 300 "$chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$work/browser" --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --disable-default-apps --disable-extensions --host-resolver-rules='MAP * ~NOTFOUND' \
		--log-net-log="$work/net.json" --enable-logging=stderr --dump-dom "file://$1" >"$work/dom" 2>"$work/stderr"
	grep -i 'console' "$work/stderr" >"$work/complaints"
	# what the browser asks of its maker by itself is not the page's
	grep -o '"url":"[^"]*"' "$work/net.json" | grep -vE '"url":"(file://|chrome|data:|https?://[a-z0-9.-]*\.(google|googleapis)\.com/)' | sort -u >"$work/asked"
}
quiet() {
	[ -s "$work/complaints" ] && { bad "the browser complains of $1"; head -5 "$work/complaints"; } || ok
	[ -s "$work/asked" ] && { bad "$1 asks for something"; head -5 "$work/asked"; } || ok
	grep -q '<form class="tools" id="tools" aria' "$work/dom" && ok || bad "the script of $1 did not run"
}

forge compromised compromised.raw
triage c1 0,3 "$work/compromised.raw"
open_page "$work/c1/report.html"
quiet 'the report'
count=$(ask c1 'SELECT count(*) FROM v_findings')
grep -q ">$count of $count findings<" "$work/dom" && ok || bad 'the script does not count the findings'

# the policy holds: a script and an image that get into the page are refused
sed -e 's|</main>|<script>document.title = "acted"</script><img src="http://attacker.example/x.png"></main>|' "$work/c1/report.html" >"$work/spoiled.html"
open_page "$work/spoiled.html"
[ "$(grep -ci 'refused to\|violates' "$work/complaints")" -ge 2 ] && ok || bad 'the policy lets others act'
grep -q '<title>acted' "$work/dom" && bad 'a foreign script ran' || ok
[ -s "$work/asked" ] && bad 'a foreign image was asked for' || ok

# thousands of findings with names that would like to act
mkdir "$work/big"
cp "$work/c1/case.db" "$work/big"
python3 "$here/multiply.py" "$work/big/case.db" 6000 || bad "multiply.py"
run 0 report "$work/big"
open_page "$work/big/report.html"
quiet 'a report of thousands'
grep -q '>5,000 of 5,000 findings<' "$work/dom" && ok || bad 'not all of thousands are there'
finish
