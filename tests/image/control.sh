#!/bin/sh
# control.sh - the second opinion: what libtsk agrees with, why it does not, and what becomes of a case when it dies.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3

open_questions="SELECT count(*) FROM v_control WHERE NOT explained"

# ---- volumes without malice: everything agrees ----
forge clean clean.E01
triage clean 0,3 "$work/clean.E01"
expect 'nothing is unexplained on a clean server' clean "$open_questions" 0
expect 'both volumes are compared' clean "SELECT group_concat(state) FROM v_coverage WHERE source = 'control'" read,read
expect 'all differences are times of 1601' clean \
	"SELECT count(*) FROM v_control WHERE ours NOT LIKE '1601-01-01T00:00:00%' OR what NOT LIKE 'si.%'" 0
[ "$(ask clean "SELECT sum(items) FROM v_coverage WHERE source = 'control'")" -gt 3000 ] && ok || bad 'too few entries compared'
forge compromised bad.raw
triage bad 0,3 "$work/bad.raw"
expect 'nothing is unexplained on a compromised one' bad "$open_questions" 0
streams=$(ask bad "SELECT reason FROM v_coverage WHERE source = 'control' AND path = 'volume 2'" |
	sed -n 's/.*the same SHA-256 for \([0-9]*\) of \([0-9]*\) streams.*/\1 \2/p')
[ "${streams% *}" = "${streams#* }" ] && [ "${streams% *}" -ge 22 ] && ok || bad "not every stream with findings has the same hash: $streams"

# ---- the known ways of libtsk, each by its name ----
forge hostile hostile.raw
triage hostile 3 "$work/hostile.raw"
expect 'nothing is unexplained on a hostile one' hostile "$open_questions" 0
reason() { # PATH WHAT WORDS
	expect "$1" hostile "SELECT count(*) > 0 FROM v_control WHERE path LIKE '%$1%' AND what = '$2' AND reason LIKE '%$3%'" 1
}
reason /sparse-ads.aspx entry 'run longer than the volume'
reason /sparse-ads.aspx content 'run longer than the volume'
reason /sparse-main.aspx entry 'run longer than the volume'
reason /torn.aspx entry 'torn record'
reason /lone- name 'half a surrogate pair'
reason /nul- name 'ends a name at a NUL'
reason '/$MFT' si.created 'in 32 bits'
expect 'what libtsk alone sees is a row' hostile "SELECT ours FROM v_control WHERE path IS NULL AND what = 'entry'" -
expect 'a shell below 200 folders is confirmed' hostile "SELECT count(*) FROM v_control WHERE path LIKE '%/bottom.aspx'" 0

# times beyond what 32 bits of seconds hold, and clusters larger than libtsk takes
forge stomped stomped.raw
triage stomped 0 "$work/stomped.raw"
expect 'every set time that differs is out of range' stomped "SELECT group_concat(DISTINCT explained || ' ' || substr(what, 1, 3)) FROM v_control" '1 si.'
cat >"$work/big.scenario" <<'END'
seed 7
disk bare
time 2021-03-01T00:00:00Z
volume big size=64M cluster=131072 letter=C
file "inetpub\wwwroot\aspnet_client\x.aspx" = shell jscript password=p
END
"$forge_program" "$work/big.scenario" -o "$work/big.raw" >/dev/null 2>&1 || bad 'forging large clusters'
triage big 3 "$work/big.raw"
expect 'large clusters are explained' big "SELECT count(*) || ' ' || min(explained) FROM v_control WHERE reason LIKE '%above 64 KiB'" '2 1'
expect 'and the volume was not compared' big "SELECT state FROM v_coverage WHERE source = 'control'" unreadable

# ---- the same case however it is made, and none without it ----
triage again 3 -j 1 "$work/hostile.raw"
same 'the second opinion is the same in every run' "$work/hostile/case.db" "$work/again/case.db"
triage without 0,3 --no-control "$work/bad.raw"
expect 'left out is said' without "SELECT group_concat(DISTINCT state || ' ' || reason) FROM v_coverage WHERE source = 'control'" \
	'skipped left out by the user (--no-control)'
run 0 control "$work/hostile"
grep -q 'run longer than the volume' "$work/stdout" && ok || bad 'the verb lists the differences'

# ---- a libtsk that dies leaves the case whole ----
findings="SELECT group_concat(finding) FROM v_findings"
if ${CC:-cc} -shared -fPIC -o "$work/shim.so" "$here/tsk_shim.c" -ldl 2>/dev/null &&
	! ldd "$postmortem" | grep -q asan && ! nm "$postmortem" 2>/dev/null | grep -q __asan_init; then
	for how in crash:100 hang:100 eat:100; do
		LD_PRELOAD="$work/shim.so" SHIM=$how triage "${how%:*}" 0,3 "$work/bad.raw"
		expect "$how: the entry is named" "${how%:*}" \
			"SELECT count(*) FROM v_control WHERE mft = 100 AND what = 'entry' AND control LIKE 'ended by signal%'" 1
		expect "$how: the rest is compared" "${how%:*}" "SELECT count(*) FROM v_control WHERE NOT explained" 0
		expect "$how: all the rest" "${how%:*}" "SELECT group_concat(lost) FROM v_coverage WHERE source = 'control'" 1,2
		[ "$(ask "${how%:*}" "$findings")" = "$(ask bad "$findings")" ] && ok || bad "$how: findings were lost"
	done
	LD_PRELOAD="$work/shim.so" SHIM=lie:2000 triage lie 3 "$work/bad.raw"
	expect 'what nothing explains is a limitation' lie \
		"SELECT count(*) FROM v_limitations WHERE what LIKE 'libtsk sees this otherwise%'" 1
	expect 'and its rows are listed' lie "SELECT count(*) > 0 FROM v_control WHERE what = 'sequence' AND NOT explained" 1
fi

# ---- a finished case held against its images ----
run 0 verify -c "$work/bad"
run 0 verify -c "$work/bad" --with tsk --json
[ "$(grep -c '"result":"same"' "$work/stdout")" = "$(ask bad 'SELECT count(*) FROM v_findings')" ] && ok ||
	bad "not all findings the same: $(grep -c '"result":"same"' "$work/stdout")"
[ "$(grep -c '"tsk_result":"not-asked"' "$work/stdout")" = "$(ask bad "SELECT count(*) FROM v_findings WHERE rests_on = 'name' OR (length = 0 AND sha256 IS NULL)")" ] && ok ||
	bad 'libtsk was not asked for more than what rests on no bytes'
grep '"tsk_result":"same"' "$work/stdout" | grep -vqE '"ours":"([0-9a-f]{64})","tsk":"\1"' && bad 'the two readers differ' || ok
tail -1 "$work/bad/run.jsonl" | grep -q '"kind":"verify".*"differ":0,.*"tsk_same":[1-9][0-9]*,"tsk_differ":0' && ok || bad 'the agreement is not in run.jsonl'
run 2 verify --with tsk "$work/bad.raw"
mv "$work/bad.raw" "$work/elsewhere"
run 3 verify -c "$work/bad"
mkdir "$work/new" && mv "$work/elsewhere" "$work/new/bad.raw"
run 0 verify -c "$work/bad" "$work/new/bad.raw"
# one byte of the shell
shell=$(ask bad "SELECT n.finding || ' ' || v.offset || ' ' || n.mft FROM v_findings n JOIN v_volumes v ON v.offset = n.volume WHERE n.path LIKE '%/supp0rt.aspx' LIMIT 1")
set -- $shell
if command -v istat >/dev/null; then
	sha=$(ask bad "SELECT sha256 FROM v_findings WHERE finding = '$1'")
	id=$(ask bad "SELECT f.attribute & 65535 FROM v_files f WHERE f.path LIKE '%/supp0rt.aspx' AND f.stream = '' LIMIT 1")
	[ "$(icat -o $(($2 / 512)) "$work/new/bad.raw" "$3-128-$id" | sha256sum | cut -d' ' -f1)" = "$sha" ] && ok || bad 'icat reads another shell'
	line=$(icat -o $(($2 / 512)) "$work/new/bad.raw" "$3-128-$id" | head -1 | head -c 60)
	at=$(LC_ALL=C grep -obaF -- "$line" "$work/new/bad.raw" | head -1 | cut -d: -f1)
	printf '~' | dd of="$work/new/bad.raw" bs=1 seek="$at" conv=notrunc 2>/dev/null
	run 4 verify -c "$work/bad" --with tsk "$work/new/bad.raw"
	tail -1 "$work/bad/run.jsonl" | grep -q '"kind":"verify".*"differ":[1-9]' && ok || bad 'the mismatch is not in run.jsonl'
	grep -q "^differs *$1 " "$work/stdout" && ok || bad 'the finding is named'
fi
# ---- real volumes, where they are to be had ----
if [ -n "${POSTMORTEM_CORPUS:-}" ]; then
	n=0
	for image in $(find "$POSTMORTEM_CORPUS/images" -type f \( -name '*.gz' -o -name '*.bz2' -o -name '*.xz' -o -name '*.dd' -o -name '*.E01' -o -name 'testfs*' \) | grep -v txt); do
		case $image in
		*.gz) gzip -dc "$image" ;;
		*.bz2) bzip2 -dc "$image" ;;
		*.xz) xz -dc "$image" ;;
		esac >"$work/real.raw"
		case $image in
		*.gz | *.bz2 | *.xz) image=$work/real.raw ;;
		esac
		rm -rf "$work/real"
		"$postmortem" triage -q -c "$work/real" "$image" >/dev/null 2>&1
		[ -f "$work/real/case.db" ] || continue
		n=$((n + $(ask real "SELECT count(*) FROM v_coverage WHERE source = 'control' AND state = 'read'")))
		expect "nothing is unexplained on $image" real "$open_questions" 0
	done
	[ "$n" -ge 8 ] && ok || bad "only $n real volumes were compared"
fi
finish
