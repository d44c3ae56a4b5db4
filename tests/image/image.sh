#!/bin/bash
# image.sh - containers and volumes against other people's tools: libewf writes and reads the E01 sets, mmls the tables.
set -euo pipefail
tool=$(pwd)/tests/imagels
[ -x "$tool" ] || { echo "image.sh: tests/imagels is not built"; exit 77; }
for program in ewfacquire ewfexport ewfinfo mmls img_cat python3; do
	command -v $program >/dev/null || exit 77
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

die() { echo "image.sh: $*"; exit 1; }
sum() { sha256sum | cut -d' ' -f1; }

# Whether the tool's output for $1 $2 has a line that matches $3.
says() {
	"$tool" "$1" "$2" >output 2>&1 || true
	grep -qE "$3" output
}

# A medium with noise, text, holes and an odd end.
python3 - <<'PYTHON'
import random
random.seed(7)
with open('disk.raw', 'wb') as f:
    f.write(random.randbytes(700000) + b'Exchange Server ' * 60000 + bytes(900000) + random.randbytes(3 * 512 * 77))
    f.truncate(f.tell() // 512 * 512)
PYTHON
raw=$(sum <disk.raw)
md5=$(md5sum <disk.raw | cut -d' ' -f1)

# $1 format, $2 compression, $3 segment size, $4 sectors in a chunk, then more options
acquire() {
	rm -f x.*
	ewfacquire -u -q -t x -f "$1" -c "$2" -S "$3" -b "$4" "${@:5}" -C case-1 -E evidence-2 -e 'Ann Examiner' -D 'a description' \
		-N 'some notes' disk.raw >log 2>&1 || { cat log; die "ewfacquire -f $1"; }
	first=$(ls x.[EeSs]01)
}

whole() {
	[ "$("$tool" cat $first 2>told | sum)" = $raw ] || die "$*: other bytes than those acquired"
	[ ! -s told ] || { cat told; die "$*: damage where there is none"; }
	"$tool" info $first >info
	for line in 'case case-1' 'evidence evidence-2' 'examiner Ann Examiner' 'description a description' 'notes some notes' "md5 $md5"; do
		grep -qxF "$line" info || { cat info; die "$*: no line '$line'"; }
	done
}

for format in encase1 encase2 encase3 encase4 encase5 encase6 encase7 linen5 linen6 linen7 smart ftk ewf; do
	for compression in none empty-block fast best; do
		acquire $format $compression 1.4GiB 64
		whole $format $compression
	done
	acquire $format none 1MiB 64
	whole $format split
	"$tool" second $first >opinion || { cat opinion; die "$format: libewf does not agree"; }
done
for sectors in 16 32 128 1024 32768; do
	acquire encase6 fast 1.4GiB $sectors
	whole "$sectors sectors in a chunk"
done
acquire encase6 fast 1.4GiB 64 -P 2048
says info x.E01 'sector 2048' || die "sectors of 2048 bytes"
[ "$("$tool" cat x.E01 | sum)" = "$(img_cat -i ewf x.E01 | sum)" ] || die "sectors of 2048 bytes: other bytes than img_cat gives"

# The same findings as ewfverify, and nothing of the files touched.
acquire encase6 none 1MiB 64 -d sha1
before=$(stat -c '%X %Y %Z %s %i' x.E0* | sum)
[ "$("$tool" hash x.E01 | grep ^md5)" = "md5 $md5" ] || die "another MD5"
says hash x.E01 'mismatch 0' || die "a mismatch"
says checksums x.E01 'bad-chunks 0' || die "bad chunks"
[ "$before" = "$(stat -c '%X %Y %Z %s %i' x.E0* | sum)" ] || die "the evidence was touched"
if command -v strace >/dev/null && strace -V >/dev/null 2>&1; then
	ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=open,openat,creat,unlink,rename,truncate,ftruncate -o trace "$tool" hash x.E01 >/dev/null
	opened=$(grep -E 'x\.E0' trace | grep -oE 'O_[A-Z|_]+' | sort -u | tr '\n' ' ')
	[ "$opened" = 'O_RDONLY|O_NOATIME|O_CLOEXEC ' ] || die "evidence opened with $opened"
fi

# A missing segment is a hole of the right size.
mv x.E02 away
"$tool" cat x.E01 2>/dev/null >holed
[ "$(stat -c %s holed)" = "$(stat -c %s disk.raw)" ] || die "a missing segment changes the size"
says info x.E01 'from number 2 on are missing' || die "a missing segment is not told"
tail -c 100000 holed | cmp - <(tail -c 100000 disk.raw) || die "what follows a missing segment is shifted"

# Every chunk flipped once, in turn by its table: each is told, and no other.
rm -f x.*
acquire encase6 none 1.4GiB 64
TOOL=$tool python3 - <<'PYTHON' || die "a flipped chunk"
import os, struct, subprocess, sys
tool, data = os.environ['TOOL'], bytearray(open('x.E01', 'rb').read())
at = 13
while data[at:at + 6] != b'table\0':
    at = struct.unpack_from('<Q', data, at + 16)[0]
count, base = struct.unpack_from('<I', data, at + 76)[0], struct.unpack_from('<Q', data, at + 84)[0]
offsets = [base + (e & 0x7fffffff) for e in struct.unpack_from('<%dI' % count, data, at + 100)]
for step in (1, 7):
    broken = bytearray(data)
    for offset in offsets[::step]:
        broken[offset + 20] ^= 4
    open('y.E01', 'wb').write(broken)
    out = subprocess.run([tool, 'checksums', 'y.E01'], capture_output=True, text=True).stdout
    if 'bad-chunks %d\n' % len(offsets[::step]) not in out:
        sys.exit('of %d flipped chunks: %s' % (len(offsets[::step]), out))
PYTHON

[ -n "${POSTMORTEM_CORPUS:-}" ] && [ -d "$POSTMORTEM_CORPUS/images" ] || { echo "image.sh: no corpus, the rest was left out"; exit 0; }
images=$POSTMORTEM_CORPUS/images
for image in $images/cfreds/CFReDS001.E01 $images/nps/nps-2010-emails.E01 $images/plaso/image.E01 $images/plaso/image-split.E01; do
	[ "$("$tool" cat $image | sum)" = "$(img_cat $image | sum)" ] || die "$image: other bytes than img_cat gives"
	"$tool" second $image >opinion || { cat opinion; die "$image: libewf does not agree"; }
	stored=$(ewfinfo $image | sed -n 's/^\tMD5:\t*//p')
	[ "$("$tool" info $image | sed -n 's/^md5 //p')" = "$stored" ] || die "$image: another stored MD5"
	says hash $image 'mismatch 0' || die "$image: a mismatch"
done
for image in $images/cfreds/CFReDS001.E01 $images/nps/nps-2010-emails.E01 $images/dfvfs/tsk_volume_system.raw \
	$images/plaso/image-split.E01; do
	mmls $image | awk '$2 ~ /^[0-9]+(:[0-9]+)?$/ { print $3 * 512, $5 * 512 }' >theirs
	"$tool" volumes $image 2>/dev/null | cut -d' ' -f1,2 >ours
	while read -r line; do
		grep -qxF "$line" ours || die "$image: no volume $line"
	done <theirs
done
for refused in $images/plaso/vsstest.qcow2 $images/dfvfs/windows_volume.qcow2; do
	"$tool" info $refused >/dev/null 2>told && die "$refused was taken for a disk"
	grep -q 'QEMU' told || die "$refused is not named"
done
