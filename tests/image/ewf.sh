#!/bin/bash
# ewf.sh - the ways in which an E01 set comes to harm: each is named with its file and offset, and costs only itself.
set -u
. "$(dirname "$0")/common.sh"
for program in ewfacquire ewfverify python3 sqlite3; do need $program; done
need_forge

# ---- what every tool writes is read, and its hash is ours ----
forge torture disk.raw
head -c 4194304 "$work/disk.raw" >"$work/small.raw"
md5=$(md5sum <"$work/small.raw" | cut -d' ' -f1)
acquire() { # NAME FORMAT COMPRESSION SEGMENT FILE
	ewfacquire -q -u -f "$2" -c "$3" -S "$4" -b 64 -t "$work/$1" -C case-1 -D what -e Ann -E ev-2 -N notes "$5" \
		>"$work/stdout" 2>&1 ||
		bad "acquiring $1: $(tail -1 "$work/stdout")"
}
for format in encase1 encase2 encase3 encase4 encase5 encase6 encase7 linen5 linen6 linen7 ftk smart ewf; do
	for how in 'none 1MiB' 'empty-block 1.4GiB' 'fast 1MiB' 'best 1.4GiB'; do
		rm -f "$work"/all.*
		acquire all $format $how "$work/small.raw"
		first=$(ls "$work"/all.[EeSs]01)
		ewfverify -q "$first" >"$work/stdout" 2>&1 || bad "$format $how: ewfverify does not agree"
		run 0 verify "$first"
		grep -q "$md5" "$work/stdout" && grep -q 'as stored' "$work/stdout" && ok || bad "$format $how: another hash"
	done
done

# ---- the damage catalogue ----
acquire whole encase6 none 4MiB "$work/disk.raw"
forge torture other.raw --seed 99
truncate -s -65536 "$work/other.raw" # not every tool writes an identifier of the set: then the size tells them apart
acquire other encase6 none 4MiB "$work/other.raw"
cat >"$work/harm.py" <<'PYTHON'
"""harm.py KIND WHOLE OTHER FOLDER: copies a set of four files into FOLDER, and does one kind of damage to it."""
import os, shutil, struct, sys, zlib
kind, whole, other, folder = sys.argv[1:5]
names = ['E01', 'E02', 'E03', 'E04']
os.makedirs(folder)
data = {n: bytearray(open(whole + '.' + n, 'rb').read()) for n in names}

def sections(n):
    at, out = 13, []
    while at + 76 <= len(data[n]):
        kind = data[n][at:at + 16].rstrip(b'\0').decode()
        to = struct.unpack_from('<Q', data[n], at + 16)[0]
        out.append((kind, at, to))
        if to <= at:
            return out
        at = to

def find(n, kind):
    return next(at for k, at, to in sections(n) if k == kind)

def seal(n, at, size):
    struct.pack_into('<I', data[n], at + size, zlib.adler32(bytes(data[n][at:at + size])))

if kind == 'bit':
    data['E02'][find('E02', 'sectors') + 76 + 100000] ^= 1
if kind in ('table', 'tables'):
    data['E02'][find('E02', 'table') + 100 + 21] ^= 0x40
if kind == 'tables':
    at = find('E02', 'table2')
    data['E02'][at + 100 + 41] ^= 0x40
if kind == 'missing':
    del data['E02']
if kind == 'swapped':
    data['E02'], data['E03'] = data['E03'], data['E02']
if kind == 'foreign':
    data['E03'] = bytearray(open(other + '.E03', 'rb').read())
if kind == 'truncated':
    del data['E03'][len(data['E03']) // 2:]
if kind == 'hash':
    at = find('E04', 'hash') + 76
    data['E04'][at] ^= 1
    seal('E04', at, 32)
if kind == 'damaged-hash':
    data['E04'][find('E04', 'hash') + 76] ^= 1
if kind == 'cycle':
    at = find('E02', 'table2')
    struct.pack_into('<QQ', data['E02'], at + 16, 13, 0)
    seal('E02', at, 72)
if kind == 'garbage':
    at = find('E03', 'table')
    data['E03'][at:at + 76] = b'\xa5' * 76
if kind == 'errors':
    at = find('E04', 'done')
    ranges = struct.pack('<I', 1) + bytes(512)
    ranges += struct.pack('<I', zlib.adler32(ranges)) + struct.pack('<II', 0, 1 << 24)
    ranges += struct.pack('<I', zlib.adler32(ranges[-8:]))
    done = data['E04'][at:]
    head = bytearray(b'error2'.ljust(16, b'\0') + struct.pack('<QQ', at + 76 + len(ranges), 76 + len(ranges)) + bytes(40))
    data['E04'][at:] = head + struct.pack('<I', zlib.adler32(bytes(head))) + ranges + done
    at += len(head) + 4 + len(ranges)
    struct.pack_into('<Q', data['E04'], at + 16, at)
    seal('E04', at, 72)
for n in data:
    open(os.path.join(folder, 'x.' + n), 'wb').write(data[n])
PYTHON
media=$(stat -c %s "$work/disk.raw")
triage sound 0,3 --files all "$work/disk.raw"
sound=$(sqlite3 "$work/sound/case.db" 'SELECT count(*) FROM v_files')

# harm KIND TRIAGE VERIFY BAD-CHUNKS ROW: the statuses, how many chunks are bad, and a row that says so.
harm() {
	python3 "$work/harm.py" "$1" "$work/whole" "$work/other" "$work/$1" || bad "$1: no harm done"
	run "$3" verify "$work/$1/x.E01"
	triage "case-$1" "$2" --files all --verify "$work/$1/x.E01"
	sqlite3 "$work/case-$1/case.db" 'SELECT what FROM v_limitations' >"$work/rows"
	grep -qE "$5" "$work/rows" && ok || { bad "$1: no row that says '$5'"; head -5 "$work/rows"; }
	got=$(sqlite3 "$work/case-$1/case.db" "SELECT bad_chunks || ' ' || bytes FROM v_evidence")
	[ "${got% *}" -ge "${4%-*}" ] && [ "${got% *}" -le "${4#*-}" ] && [ "${got#* }" = "$media" ] && ok ||
		bad "$1: $got bad chunks and bytes, expected $4 $media"
	if [ "${4#*-}" = 0 ]; then
		got=$(sqlite3 "$work/case-$1/case.db" 'SELECT count(*) FROM v_files')
		[ "$got" = "$sound" ] && ok || bad "$1: $got files, expected $sound"
	fi
}
harm bit 4 4 1-1 'x\.E02|sectors [0-9]+ to [0-9]+.*checksum of this chunk'
harm table 3 0,3 0-0 'x\.E02 at [0-9]+: table is damaged; table2 was used'
harm tables 3 0,3 0-0 'x\.E02 at [0-9]+: neither table nor table2 is whole'
harm missing 4 4 120-135 'segment file\(s\) from number 2 on are missing'
harm swapped 3 0,3 0-0 'x\.E02 is named as segment file 2 but says that it is number 3'
harm foreign 4 4 120-135 'x\.E03 at [0-9]+: the file belongs to another set'
harm truncated 3,4 3,4 50-80 'x\.E03 at [0-9]+: the segment file ends before'
harm hash 4 4 0-0 'hash'
harm damaged-hash 3 0,3 0-0 'x\.E04 at [0-9]+: a stored hash is damaged'
harm cycle 3 0,3 0-0 'x\.E02 at [0-9]+: (the chain of sections is broken|a section)'
harm garbage 3 0,3 0-0 'x\.E03 at [0-9]+: the (checksum of a section|chain of sections)'

harm errors 3 0,3 0-0 'could not (be )?read|acquisition'
[ "$(sqlite3 "$work/case-errors/case.db" "SELECT count(*) > 0 AND min(basis LIKE '%damaged or unverified%') FROM v_findings")" = 1 ] && ok ||
	bad 'findings in sectors that the acquisition could not read do not say so'
[ "$(sqlite3 "$work/case-errors/case.db" "SELECT count(*) > 0 AND count(*) = sum(trust LIKE '%entry unverified%') FROM v_files")" = 1 ] && ok ||
	bad 'files in such sectors are not marked'

# ---- a finding in a damaged chunk says so, in whichever chunk ----
acquire case encase6 none 1.4GiB "$work/disk.raw"
TOP=$top POSTMORTEM=$postmortem python3 - "$work" <<'PYTHON' && ok || bad 'findings in damaged chunks'
import os, sqlite3, struct, subprocess, sys
work, tool = sys.argv[1], os.environ['POSTMORTEM']
data = bytearray(open(work + '/case.E01', 'rb').read())
at = 13
while data[at:at + 6] != b'table\0':
    at = struct.unpack_from('<Q', data, at + 16)[0]
count, base = struct.unpack_from('<I', data, at + 76)[0], struct.unpack_from('<Q', data, at + 84)[0]
for entry in struct.unpack_from('<%dI' % count, data, at + 100):
    data[base + (entry & 0x7fffffff) + 32000] ^= 4
open(work + '/every.E01', 'wb').write(data)
done = subprocess.run([tool, 'triage', '-q', '--verify', '--content', 'all', '-c', work + '/every', work + '/every.E01'],
                      capture_output=True, text=True)
case = sqlite3.connect(work + '/every/case.db')
bad = case.execute('SELECT bad_chunks FROM v_evidence').fetchone()[0]
mute = case.execute("SELECT path, basis FROM v_findings WHERE sha256 IS NOT NULL AND basis NOT LIKE '%damaged or unverified%'").fetchall()
all = case.execute('SELECT count(*) FROM v_findings').fetchone()[0]
if done.returncode != 4 or bad < count - 1 or mute or not all:
    sys.exit('status %d, %d of %d chunks bad, %d findings, unmarked: %s' % (done.returncode, bad, count, all, mute[:3]))
PYTHON

# ---- two tebibytes in little memory: a partition of another system, and a chunk of zeros that is named again and again ----
python3 - "$work/huge.E01" <<'PYTHON'
import struct, sys, zlib
CHUNK, CHUNKS, EACH = 512 * 512, (2 << 40) // (512 * 512), 16375
with open(sys.argv[1], 'wb') as f:
    f.write(b'EVF\t\r\n\xff\0' + struct.pack('<BHH', 1, 1, 0))
    def section(kind, body, last=False):
        at = f.tell()
        head = struct.pack('<16sQQ40x', kind, at if last else at + 76 + len(body), 0 if last else 76 + len(body))
        f.write(head + struct.pack('<I', zlib.adler32(head)) + body)
    summed = lambda b: b + struct.pack('<I', zlib.adler32(b))
    section(b'volume', summed(struct.pack('<B3xIIIQ', 1, CHUNKS, 512, 512, CHUNKS * 512).ljust(1048, b'\0')))
    zero = zlib.compress(bytes(CHUNK), 9)
    table = struct.pack('<446x8BII48xH', 0, 0, 2, 0, 0x83, 255, 255, 255, 2048, CHUNKS * 512 - 4096, 0xAA55)
    first = zlib.compress(table.ljust(CHUNK, b'\0'), 9)
    left = CHUNKS
    while left:
        n = min(EACH, left)
        left -= n
        at = f.tell() + 76
        section(b'sectors', first + zero)
        table = summed(struct.pack('<I16x', n)) if at < 1 << 31 else summed(struct.pack('<I4xQ4x', n, at))
        entry = struct.pack('<I', (at if at < 1 << 31 else 0) | 1 << 31)
        again = struct.pack('<I', (at if at < 1 << 31 else 0) + len(first) | 1 << 31)
        section(b'table', table + summed((entry if left + n == CHUNKS else again) + again * (n - 1)))
    section(b'done', b'', True)
PYTHON
most=524288
ldd "$postmortem" | grep -q asan || nm "$postmortem" 2>/dev/null | grep -q __asan_init && most=unlimited # its shadow is larger
size=$(bash -c "ulimit -v $most; '$postmortem' info '$work/huge.E01'" 2>"$work/stderr" | grep -c '2199023255552\|2\.0 TiB\|2 TiB\|2.00 TiB')
[ "$size" -gt 0 ] && ok || { bad 'two tebibytes in 512 MiB'; tail -3 "$work/stderr"; }

# ---- what is not read here is named ----
refuse() { # NAME HEX WORD
	printf "$2" >"$work/$1"
	head -c 8192 /dev/zero >>"$work/$1"
	run 1 info "$work/$1"
	grep -qi "$3" "$work/stderr" && ok || bad "$1 is not refused by name: $(cat "$work/stderr")"
}
refuse a.Ex01 'EVF2\r\n\x81\x00' 'Ex01'
refuse a.Lx01 'LEF2\r\n\x81\x00' 'Lx01'
refuse a.L01 'LVF\x09\x0d\x0a\xff\x00' 'L01'
refuse a.aff 'AFF10\r\n\x00' 'AFF'
refuse a.vmdk 'KDMV\x01\x00\x00\x00' 'VMDK'
refuse a.vhdx 'vhdxfile' 'VHDX'
refuse a.qcow2 'QFI\xfb\x00\x00\x00\x03' 'QEMU'
finish
