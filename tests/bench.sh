#!/bin/bash
# bench.sh - what a triage costs beside what an examiner would run instead, on the same forged server, in the same run.
#
# Every figure is the median of RUNS runs, ours and the peer's in turn; ratios are what to quote, since machines differ.
# Usage: FILES=250000 LOGS=4G RUNS=5 BENCH_DIR=bench tests/bench.sh [walk|triage|verify|memory|content|logs|events]...
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
files=${FILES:-250000} logs=${LOGS:-4G} runs=${RUNS:-5} dir=${BENCH_DIR:-$PWD/bench}
us=${POSTMORTEM:-$PWD/postmortem} forge=${FORGE:-$PWD/fixtures/forge/forge}
export POSTMORTEM_PROFILES=$top/profiles
mkdir -p "$dir"
raw=$dir/server-$files-$logs.raw e01=$dir/server-$files-$logs.E01

need() {
	command -v "$1" >/dev/null || { echo "bench: $1 is not installed: apt-get install $2" >&2; return 1; }
}

forge_images() {
	[ -f "$raw" ] || "$forge" "$top/fixtures/scenarios/scale.scenario" --files "$files" --logs "$logs" -o "$raw"
	[ -f "$e01" ] || "$forge" "$top/fixtures/scenarios/scale.scenario" --files "$files" --logs "$logs" -o "$e01" --compress fast
	cat "$raw" "$e01" >/dev/null # the page cache is warm for everybody
	ls -l "$raw" "$e01" | awk '{ printf "%s: %.2f GB\n", $NF, $5 / 1e9 }'
}

# Seconds, and the peak of the largest process in KiB, of one run of a shell command.
once() {
	rm -rf "$dir/out"
	mkdir "$dir/out"
	/usr/bin/time -f '%e %M' -o "$dir/time" bash -c "cd '$dir/out' && $1" >"$dir/log" 2>&1 || {
		status=$?
		[ "$status" = 3 ] || { echo "bench: this failed with $status: $1" >&2; tail -5 "$dir/log" >&2; }
	}
	tail -1 "$dir/time"
}

median() {
	sort -n | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# compare NAME OURS PEER: both in turn, medians, ratio.
compare() {
	: >"$dir/ours"
	: >"$dir/peer"
	once "$2" >/dev/null
	for _ in $(seq "$runs"); do
		once "$2" >>"$dir/ours"
		once "$3" >>"$dir/peer"
	done
	a=$(cut -d' ' -f1 "$dir/ours" | median) b=$(cut -d' ' -f1 "$dir/peer" | median) m=$(cut -d' ' -f2 "$dir/ours" | median)
	awk -v n="$1" -v a="$a" -v b="$b" -v m="$m" 'BEGIN { printf "%-46s %8.2f s  peer %8.2f s  %6.1f x  peak %4d MB\n", n, a, b, b / a, m / 1024 }'
}

# The peers as an examiner would type them.
mounted='mkdir -p e v && ewfmount "$E01" e && loop=$(losetup -r -o $OFFSET -f --show e/ewf1) && ntfs-3g -o ro "$loop" v && { find v -type f -printf "%p %s %t\n" >files; rg -j2 -i -F -f "$TOP/tests/bench.literals" v >hits || true; find v \( -name "*.aspx" -o -name "*.ashx" -o -name "*.asmx" -o -name "*.config" \) -type f >scripts; yara -d filename= -d filepath= -d extension= -d filetype= -d owner= "$RULES" --scan-list scripts >yara || true; }; status=$?; umount v; losetup -d "$loop"; umount e; exit $status'
recovered='tsk_recover -e -i ewf -o $SECTOR "$E01" files >/dev/null && { yara -r -d filename= -d filepath= -d extension= -d filetype= -d owner= "$RULES" files >yara || true; } && { rg -j2 -i -F -f "$TOP/tests/bench.literals" files >hits || true; } && fls -r -m / -i ewf -o $SECTOR "$E01" >body && mactime -b body >timeline'

bench_walk() {
	need tsk_loaddb sleuthkit || return 0
	ours="$us triage -q -c case --files all --stages walk"
	compare "walk to SQLite, raw / tsk_loaddb" "$ours '$raw'" "tsk_loaddb -d tsk.db '$raw'"
	compare "walk to SQLite, E01 / tsk_loaddb" "$ours '$e01'" "tsk_loaddb -d tsk.db '$e01'"
}

bench_triage() {
	export E01=$e01 TOP=$top RULES=$dir/rules.yar
	SECTOR=$(mmls -i ewf "$e01" 2>/dev/null | awk '/NTFS/ { print $3 + 0; exit }')
	[ -n "$SECTOR" ] || SECTOR=0
	export SECTOR OFFSET=$((SECTOR * 512))
	for rules in "$top"/profiles/hafnium/yara/*.yar; do echo "include \"$rules\""; done >"$RULES"
	need tsk_recover sleuthkit && need yara yara && need rg ripgrep || return 0
	if need ewfmount ewf-tools && need ntfs-3g ntfs-3g && [ -e /dev/fuse ]; then
		compare "triage, E01 / ewfmount ntfs-3g find rg yara" "$us triage -q -c case '$e01'" "$mounted"
	else
		echo "bench: no FUSE here: the mounted peer is left out"
	fi
	compare "triage, E01 / tsk_recover yara rg fls mactime" "$us triage -q -c case '$e01'" "$recovered"
	rm -rf "$dir/out/case"
	"$us" triage -c "$dir/out/case" --status-view json "$e01" 2>"$dir/news" >/dev/null || true
	echo "first finding after $(grep -o '"first_finding_ms":[1-9][0-9]*' "$dir/news" | head -1 | cut -d: -f2) ms"
	awk 'match($0, /"bytes_asked":[0-9]+/) { a = substr($0, RSTART + 14, RLENGTH - 14); match($0, /"bytes_given":[0-9]+/)
		g = substr($0, RSTART + 14, RLENGTH - 14); printf "bytes inflated / needed: %.2f GB / %.2f GB = %.3f\n", g / 1e9, a / 1e9, g / a }' \
		"$dir/out/case/run.jsonl"
}

bench_verify() {
	need ewfverify ewf-tools || return 0
	compare "verify MD5 + SHA-256, E01 / ewfverify -d sha256" "$us verify --hashes md5,sha256 '$e01'" "ewfverify -q -d sha256 '$e01'"
	compare "verify MD5, E01 / ewfverify" "$us verify --hashes md5 '$e01'" "ewfverify -q '$e01'"
	compare "checksums only, E01 / ewfverify" "$us verify --checksums-only '$e01'" "ewfverify -q '$e01'"
}

bench_memory() {
	million=$dir/million.raw
	[ -f "$million" ] || "$forge" "$top/fixtures/scenarios/scale.scenario" --files 1000000 --logs 16M --set size=40G -o "$million"
	sparse=$dir/sparse.E01
	[ -f "$sparse" ] || { truncate -s 64G "$dir/sparse.raw" && ewfacquire -q -u -c empty-block -t "${sparse%.E01}" "$dir/sparse.raw" >/dev/null && rm "$dir/sparse.raw"; }
	ours="$us triage -q -c case --files all --stages walk"
	for image in "$raw" "$million" "$sparse"; do
		for _ in $(seq "$runs"); do once "$ours '$image'"; done >"$dir/ours"
		awk -v n="$(basename "$image")" -v t="$(cut -d' ' -f1 "$dir/ours" | median)" -v m="$(cut -d' ' -f2 "$dir/ours" | median)" \
			'BEGIN { printf "%-46s %8.2f s  peak %4d MB\n", "walk of " n, t, m / 1024 }'
	done
}

# The logs as files, for who reads no images: with the same bytes, and nothing else to go through.
extract_logs() {
	[ -d "$dir/logs" ] && return
	mkdir "$dir/logs.new"
	offset=$(mmls "$raw" 2>/dev/null | awk '/NTFS/ { print $3 + 0; exit }')
	sqlite3 -readonly "$dir/out/case/case.db" "SELECT mft, kind FROM log WHERE bytes > 0" | while IFS='|' read -r mft kind; do
		icat -o "${offset:-0}" "$raw" "$mft" >"$dir/logs.new/$kind-$mft.log"
	done
	mv "$dir/logs.new" "$dir/logs"
}

# Logs end to end into the case with all rules, beside ripgrep with the same texts; and in memory, one core each.
bench_logs() {
	need rg ripgrep || return 0
	bench=${LOGBENCH:-$PWD/tests/logbench}
	"$bench"
	ours="$us triage -q -c case --stages identify,walk,logs --no-control"
	once "$ours '$raw'" >/dev/null
	bytes=$(sqlite3 -readonly "$dir/out/case/case.db" 'SELECT sum(bytes) FROM log')
	extract_logs
	"$bench" literals iis httpproxy | sort -u >"$dir/texts"
	offset=$(mmls "$raw" 2>/dev/null | awk '/NTFS/ { print $3 * 512; exit }')
	search="rg -j2 -i -F -f '$dir/texts'"
	within='v/inetpub/logs "v/Program Files/Microsoft/Exchange Server/V15/Logging" >hits || true'
	for image in "$raw" "$e01"; do
		[ "$image" = "$raw" ] && open="ln -s '$raw' image" close=true || open="mkdir e && ewfmount '$e01' e && ln -s e/ewf1 image" close='umount e'
		if need ntfs-3g ntfs-3g && need ewfmount ewf-tools && [ -e /dev/fuse ]; then
			compare "logs of $(basename "$image") / mounted, rg -j2" "$ours '$image'" \
				"mkdir v && $open && loop=\$(losetup -r -o ${offset:-0} -f --show image) && ntfs-3g -o ro \$loop v && { $search $within; }; umount v; losetup -d \$loop; $close"
		fi
		compare "logs of $(basename "$image") / rg -j2 on plain files" "$ours '$image'" "$search '$dir/logs' >hits || true"
		awk -v b="$bytes" -v s="$(cut -d' ' -f1 "$dir/ours" | median)" 'BEGIN { printf "%.2f GB of logs at %.2f GB/s\n", b / 1e9, b / s / 1e9 }'
	done
	for kind in iis httpproxy; do
		ls "$dir/logs/$kind"-*.log | head -400 | xargs cat | head -c 300M >"$dir/$kind.log"
		"$bench" literals "$kind" | sort -u >"$dir/texts"
		"$bench" match "$kind" "$dir/$kind.log"
		for _ in $(seq "$runs"); do once "rg -j1 -i -F -f '$dir/texts' '$dir/$kind.log' >hits || true"; done >"$dir/peer"
		awk -v b="$(wc -c <"$dir/$kind.log")" -v s="$(cut -d' ' -f1 "$dir/peer" | median)" 'BEGIN { printf "rg -j1 with the same texts: %.2f GB/s\n", b / s / 1e9 }'
	done
}

# Event logs in memory on one core, read and asked of all rules; files that EVTX_LOGS names, too.
bench_events() {
	bench=${EVTXBENCH:-$PWD/tests/evtxbench}
	"$bench"
	for log in ${EVTX_LOGS:-}; do "$bench" "$log"; done
}

case " $* " in ' events ') ;; *) forge_images ;; esac
[ $# -gt 0 ] || set -- walk triage verify memory logs events
for part; do "bench_$part"; done
