#!/bin/bash
# report.sh - the case as a page: whole, sealed against the network, the same everywhere, and no name in it does anything.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need python3
most=5000

for scenario in compromised clean hostile; do forge $scenario $scenario.raw; done

# page CASE: what is asked of every report
page() {
	python3 "$here/report.py" "$work/$1/report.html" "$work/$1/case.db" $most >"$work/said" 2>&1 && ok || { bad "the report of $1"; head -20 "$work/said"; }
}
# has CASE TEXT
has() { grep -qF -- "$2" "$work/$1/report.html" && ok || bad "the report of $1 does not say: $2"; }

# ---- triage writes it ----
triage c1 0,3 -j 1 "$work/compromised.raw"
triage c2 0,3 "$work/clean.raw"
triage c3 0,3 "$work/hostile.raw"
for case in c1 c2 c3; do page $case; done
has c1 '<article class="card bad">'
has c1 'class="p-critical"'
has c1 'Emergency updates KB5000871'
has c1 'class="t-open"'
has c1 'class="t-dark"'
has c2 'not assessable'
has c2 'no finding of level high or above'

# ---- the same bytes, wherever it is made ----
mkdir "$work/elsewhere"
(export TZ=Asia/Kolkata LC_ALL=C.UTF-8 LANG=C && cd "$work/elsewhere" && triage c4 0,3 -j 3 "$work/compromised.raw")
same 'one thread or three, another folder and zone' "$work/c1/report.html" "$work/c4/report.html"
cp "$work/c1/report.html" "$work/before.html"
run 0 report "$work/c1"
same 'made again' "$work/before.html" "$work/c1/report.html"

# ---- what is given is shown as such, and escaped ----
run 0 report "$work/c1" --case-number '17/2021' --examiner '<b>A. "E" & Co</b>' --organisation 'Court of Example'
page c1
has c1 '&lt;b&gt;A. &quot;E&quot; &amp; Co&lt;/b&gt;'
has c1 'Court of Example'
cmp -s "$work/before.html" "$work/c1/report.html" && bad 'what is given makes no difference' || ok

# ---- once given, it holds until something else is given ----
cp "$work/c1/report.html" "$work/given.html"
run 0 report "$work/c1"
same 'what was given at an earlier run' "$work/given.html" "$work/c1/report.html"
run 0 report "$work/c1" --organisation '' --examiner 'B. Other'
has c1 'B. Other'
has c1 '17/2021'
grep -qF 'Court of Example' "$work/c1/report.html" && bad 'what was taken back is shown' || ok
[ "$(grep -c '"kind":"given"' "$work/c1/run.jsonl")" = 2 ] && ok || bad 'run.jsonl has not each that was new'
hash=$(sha256sum <"$work/c1/case.db")
triage c1 0,3 --case-number 18/2021 "$work/compromised.raw"
[ "$hash" = "$(sha256sum <"$work/c1/case.db")" ] && ok || bad 'what is given changes case.db'
has c1 '18/2021'
has c1 'B. Other'

# ---- notes of examiners and the seal: shown, apart from what follows from the case ----
has c1 'No examiner had written a note'
has c1 'The case was not sealed when this report was made'
finding=$(ask c1 "SELECT finding FROM v_findings WHERE level = 'critical' LIMIT 1")
run 0 note "$work/c1" "$finding" --author '<i>A. Examiner</i>' $'seen <b>by hand</b>\e[31m'
run 0 tag "$work/c1" "$finding" --author 'A. Examiner' court
run 0 report "$work/c1"
page c1
has c1 'seen &lt;b&gt;by hand&lt;/b&gt;\u{1b}[31m'
has c1 '&lt;i&gt;A. Examiner&lt;/i&gt;'
has c1 'none was changed or is missing'
cp "$work/c1/report.html" "$work/noted.html"
run 0 report "$work/c1"
same 'the same notes' "$work/noted.html" "$work/c1/report.html"
run 0 seal "$work/c1"
run 0 audit "$work/c1"
run 0 report "$work/c1"
page c1
has c1 'The case was sealed before this report was made'
has c1 "$(sha256sum <"$work/c1/manifest.json" | cut -c1-64)"
sed -i 's/seen <b>/Seen <b>/' "$work/c1/notes.jsonl"
run 0 report "$work/c1"
has c1 'These rows are not whole'

# ---- it changes with the case ----
triage m1 0,3 "$work/clean.raw"
cp "$work/m1/report.html" "$work/before.html"
triage m1 0,3 "$work/compromised.raw"
cmp -s "$work/before.html" "$work/m1/report.html" && bad 'a case that grew has its old report' || ok
page m1
run 0,3 merge -c "$work/m2" "$work/c1" "$work/c2"
same 'merged cases have a report, and the same one' "$work/m1/report.html" "$work/m2/report.html"

# ---- nothing is written through a link ----
echo precious >"$work/precious"
rm "$work/c2/report.html"
ln -s "$work/precious" "$work/c2/report.html"
run 1 report "$work/c2"
[ "$(cat "$work/precious")" = precious ] && ok || bad 'a report was written through a link'

# ---- more findings than anybody reads, and names that would like to act ----
mkdir "$work/big"
cp "$work/c1/case.db" "$work/big"
python3 "$here/multiply.py" "$work/big/case.db" 6000 || bad "multiply.py"
run 0 report "$work/big"
page big
has big '&lt;img src=x onerror=alert(1)&gt;'
has big '\u{202e}\u{1b}[31m'
grep -q '<script>alert\|<img\|<svg onload' "$work/big/report.html" && bad 'a name acts' || ok

# ---- on paper ----
if command -v weasyprint >/dev/null; then
	run 0 report "$work/c1" --pdf --examiner 'A. Example'
	head -c 5 "$work/c1/report.pdf" | grep -q '%PDF-' && ok || bad 'report.pdf is none'
	if command -v pdftotext >/dev/null; then
		pdftotext -layout "$work/c1/report.pdf" "$work/paper"
		pages=$(tr -cd '\f' <"$work/paper" | wc -c)
		[ "$pages" -ge 5 ] && ok || bad "report.pdf has $pages pages"
		hash=$(sha256sum "$work/c1/case.db" | cut -d' ' -f1)
		[ "$(grep -c "case.db SHA-256 $hash" "$work/paper")" = "$pages" ] && ok || bad 'not every page has the hash of the case'
		[ "$(grep -cE "Page [0-9]+ of $pages\$" "$work/paper")" = "$pages" ] && ok || bad 'not every page has its number'
		grep -q 'A. Example' "$work/paper" && ok || bad 'the examiner is not on paper'
	fi
else
	run 1 report "$work/c1" --pdf
	grep -q 'weasyprint is not installed' "$work/stderr" && ok || bad 'nobody says that weasyprint is missing'
	[ -e "$work/c1/report.pdf" ] && bad 'a report.pdf came from nowhere' || ok
fi
finish
