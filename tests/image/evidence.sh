#!/bin/bash
# evidence.sh - the exhibit is opened in one way only, stays as it was, and what is wrong with it is said.
set -u
. "$(dirname "$0")/common.sh"
need_forge
forge compromised whole.E01 --segment 4M
forge compromised split.001 --split 67108864

# An access time that any ordinary read would move.
state() { stat -c '%n %i %s %X %Y %Z' "$work"/whole.E* "$work"/split.0*; }
hashes() { sha256sum "$work"/whole.E* "$work"/split.0*; }
hashes >"$work/hashes"
touch -a -d '2020-01-01' "$work"/whole.E* "$work"/split.0*
state >"$work/before"
triage e1 0,3 "$work/whole.E01"
triage e2 0,3 "$work/split.001"
run 0,3 info "$work/whole.E01"
grep -q 'EV-002' "$work/stdout" && ok || bad 'info does not show the evidence number'
run 0 verify "$work/whole.E01"
grep -q 'as stored' "$work/stdout" && ok || bad 'verify does not compare the stored hash'
state | diff - "$work/before" && ok || bad 'times or identity of the evidence were changed'
hashes | diff - "$work/hashes" && ok || bad 'the evidence was changed'

# ---- every open of an evidence file, as the kernel saw it ----
if command -v strace >/dev/null && strace -f -o "$work/trace" -e trace=open,openat,openat2 true 2>/dev/null; then
	ASAN_OPTIONS=detect_leaks=0 strace -f -o "$work/trace" -e trace=open,openat,openat2 "$postmortem" triage -q -c "$work/traced" "$work/whole.E01" 2>/dev/null
	opens=$(grep -cE 'whole\.E[0-9]+"' "$work/trace")
	wrong=$(grep -E 'whole\.E[0-9]+"' "$work/trace" | grep -vE 'O_RDONLY\|(O_NOATIME\|O_CLOEXEC|O_CLOEXEC\|O_NOATIME)(\)|, 0\)| <unfinished)| ENOENT |O_RDONLY\|O_CLOEXEC\|O_PATH(\)| <unfinished) ?' || true) # O_PATH gives a name for Landlock, and no byte
	[ "$opens" -gt 0 ] && ok || bad 'strace saw no open of the evidence'
	[ -z "$wrong" ] && ok || bad "evidence was opened otherwise: $wrong"
else
	echo 'no strace here: opens are not traced'
fi

# ---- what is wrong is said, named, and sets the status ----
flip() { # FILE OFFSET
	byte=$(dd if="$1" bs=1 skip="$2" count=1 status=none | od -An -tu1)
	printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
last=$(ls "$work"/whole.E?? | tail -1)
mkdir "$work/flipped" "$work/missing"
cp "$work"/whole.E* "$work/flipped/"
flip "$work/flipped/whole.E01" 100000
run 3,4 verify "$work/flipped/whole.E01"
grep -q 'bad' "$work/stdout" && ok || bad 'a flipped bit is not named'
cp "$work"/whole.E* "$work/missing/"
rm "$work/missing/$(basename "$last")"
run 3,4 verify "$work/missing/whole.E01"
triage e3 3 "$work/missing/whole.E01"
run 0 limitations "$work/e3"
grep -qi 'segment' "$work/stdout" && ok || bad 'the missing segment is no limitation'
rm "$work/split.002"
triage e4 3 "$work/split.001"

# ---- what cannot be an image is refused ----
echo 'no image' >"$work/text.raw"
triage e5 1,3 "$work/text.raw"
run 1 info "$work/absent.E01"
printf 'EVF2\r\n\x81\x00' >"$work/new.Ex01"
head -c 4096 /dev/zero >>"$work/new.Ex01"
run 1 info "$work/new.Ex01"
grep -qi 'ex01\|ewf2' "$work/stderr" && ok || bad 'Ex01 is not refused by name'
run 2 triage
run 2 triage --no-such-option x.raw
run 2 traige x.raw
grep -q triage "$work/stderr" && ok || bad 'no suggestion for a mistyped verb'
finish
