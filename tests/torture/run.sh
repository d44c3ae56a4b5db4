#!/bin/bash
# run.sh - volumes and E01 sets broken at random: no crash, no hang, no more than 512 MiB, and nothing lost in silence.
#
# N volumes and a third as many E01 sets, from SEED on; a share of them goes through the program itself.
set -u
. "$(dirname "$0")/../image/common.sh"
torture=${TORTURE:-$PWD/tests/torture/torture}
[ -x "$torture" ] || skip 'tests/torture/torture was not built'
need_forge
need ewfacquire
need sqlite3
n=${N:-90} seed=${SEED:-1}

# ---- the bases: three shapes of volume, seven dialects of E01 ----
for shape in '4096 1024' '512 1024' '4096 4096'; do
	set -- $shape
	forge torture "base-$1-$2.raw" --set cluster=$1 --set record=$2
done
head -c 2700800 "$work/base-4096-1024.raw" | tail -c 700416 >"$work/part"
yes 'Exchange Server' | head -c 500000 >>"$work/part"
head -c 900000 /dev/zero >>"$work/part"
"$forge_program" "$top/fixtures/scenarios/torture.scenario" -o "$work/noise.raw" --seed 9 2>/dev/null
tail -c +5000001 "$work/noise.raw" | head -c 578272 >>"$work/part"
acquire() { # NAME FORMAT COMPRESSION SEGMENT
	ln "$work/part" "$work/$1.raw"
	ewfacquire -q -u -f "$2" -c "$3" -S "$4" -b 64 -t "$work/$1" -C case-1 -D description -e Ann -E ev-2 -N notes \
		"$work/part" >/dev/null 2>&1 || bad "acquiring $1"
}
acquire one encase6 fast 1.4GiB
acquire many encase6 none 1MiB
acquire five encase5 fast 1.4GiB
acquire linen linen7 best 1.4GiB
acquire ftk ftk fast 1MiB
acquire first encase1 none 1MiB
acquire seven encase7 none 1MiB

# ---- in one process after the other ----
cd "$work" || exit 1
volumes='base-4096-1024.raw base-512-1024.raw base-4096-4096.raw'
sets='one.E01 many.E01 five.E01 linen.E01 ftk.E01 first.E01 seven.E01'
"$torture" volume -n "$n" -s "$seed" $volumes >out 2>&1 && ok || { bad "volumes from seed $seed on"; cat out; }
tail -1 out
"$torture" ewf -n $((n / 3)) -s "$seed" $sets >out 2>&1 && ok || { bad "E01 sets from seed $seed on"; cat out; }
tail -1 out

# ---- the program itself: a case comes of it, or a word why not; and fewer files only with a row ----
whole=$("$postmortem" triage -q --files all -c whole base-4096-1024.raw >/dev/null 2>&1
	sqlite3 whole/case.db 'SELECT count(*) FROM v_files')
for ((i = seed; i < seed + n / 15; i++)); do
	rm -rf mutant.raw broken
	"$torture" volume -s $i -o mutant.raw base-4096-1024.raw >/dev/null 2>&1
	timeout 60 "$postmortem" triage -q --files all -c broken mutant.raw >/dev/null 2>told
	status=$?
	case $status in
	0 | 3) ;;
	*) bad "seed $i: exit status $status"; continue ;;
	esac
	files=$(sqlite3 broken/case.db 'SELECT count(*) FROM v_files')
	rows=$(sqlite3 broken/case.db 'SELECT count(*) FROM v_limitations')
	{ [ "$files" -ge "$whole" ] || [ "$rows" -gt 0 ]; } && ok || bad "seed $i: $files files of $whole, and no limitation"
	{ [ "$rows" -eq 0 ] || [ $status = 3 ]; } && ok || bad "seed $i: limitations, and exit status $status"
done
finish
