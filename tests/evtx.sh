#!/bin/sh
# evtx.sh - real event logs: as many records as others count, and each of them as libevtx has it. Needs a corpus.
set -u
corpus=${POSTMORTEM_CORPUS:-}
evtxls=${EVTXLS:-tests/evtxls}
[ -n "$corpus" ] && [ -d "$corpus/evtx" ] && [ -x "$evtxls" ] || exit 77
/usr/bin/python3 -c 'import pyevtx' 2>/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

# The records that a walk by their heads finds; a last one that is cut off is lost, not listed.
count() {
	"$evtxls" count "$1" >"$work/count"
	sed -n 's/^records//p' "$work/count" | tr ' ,' '\n\n' |
		awk '/listed|behind|uncounted|found|lost/ { getline n; sum += n } END { print sum + 0 }'
}

check() {
	[ "$(count "$1")" -ge "$2" ] || { echo "evtx: $1: $(count "$1") records, expected $2"; bad=1; }
}

while IFS='	' read -r name bytes records rest; do
	[ "$name" = file ] || check "$corpus/evtx/$name" "$records"
done <"$corpus/evtx/EXPECTED.tsv"
/usr/bin/python3 "${srcdir:-.}/tests/evtx_compare.py" "$evtxls" "$corpus"/evtx/*.evtx || bad=1

for archive in "$corpus"/eventlogs-full/*.7z; do
	[ -f "$archive" ] && command -v 7z >/dev/null || continue
	7z x -y -o"$work/full" "$archive" >/dev/null || continue
	while IFS='	' read -r name bytes records rest; do
		[ "$name" = file ] || check "$work/full/$name" "$records"
	done <"${archive%.7z}.EXPECTED.tsv"
	/usr/bin/python3 "${srcdir:-.}/tests/evtx_compare.py" "$evtxls" "$work"/full/*.evtx || bad=1
done
exit $bad
