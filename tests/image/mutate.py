#!/usr/bin/env python3
"""mutate.py - one kind of damage done to a copy of a forged disk: mutate.py KIND FROM TO; or, for what that must cost,
mutate.py touching DISK FROM TO. Knows NTFS and GPT by itself,
from their documents, and shares no code with the reader that is tested."""
import struct
import sys
import zlib

kind, source, target = sys.argv[1:4]
disk = bytearray(open(source, 'rb').read())


def u(at, n):
    return int.from_bytes(disk[at:at + n], 'little')


def put(at, value, n):
    disk[at:at + n] = (value & (1 << 8 * n) - 1).to_bytes(n, 'little')


def find_volume():
    """Where the last NTFS volume begins, by its boot sector on a boundary of 4 KiB."""
    return max(at for at in range(0, len(disk), 4096) if disk[at + 3:at + 11] == b'NTFS    '
               and u(at + 11, 2) in (512, 4096) and u(at + 40, 8) * u(at + 11, 2) <= len(disk) - at)


V = find_volume()
SECTOR = u(V + 11, 2)
CLUSTER = SECTOR * (disk[V + 13] if disk[V + 13] <= 128 else 1 << 256 - disk[V + 13])
RECORD = 1 << 256 - disk[V + 64] if disk[V + 64] > 127 else disk[V + 64] * CLUSTER
END = V + u(V + 40, 8) * SECTOR
MFT, MIRROR = (V + u(V + at, 8) * CLUSTER for at in (48, 56))
FREE = V + (u(V + 40, 8) * SECTOR * 7 // 8) // CLUSTER * CLUSTER  # nothing lies there in the scenario


class Record:
    """A record of the $MFT, or of its mirror, without its update sequence until it is written."""

    def __init__(self, at):
        self.at, self.b = at, bytearray(disk[at:at + RECORD])
        assert self.b[:4] == b'FILE', 'no record at %d' % at
        self.array = struct.unpack_from('<H', self.b, 4)[0]
        for i in range(RECORD // 512):
            self.b[i * 512 + 510:i * 512 + 512] = self.b[self.array + 2 + i * 2:self.array + 4 + i * 2]

    def write(self, to=None):
        b = bytearray(self.b)
        for i in range(RECORD // 512):
            b[self.array + 2 + i * 2:self.array + 4 + i * 2] = b[i * 512 + 510:i * 512 + 512]
            b[i * 512 + 510:i * 512 + 512] = b[self.array:self.array + 2]
        to = self.at if to is None else to
        disk[to:to + RECORD] = b

    def get(self, at, n):
        return int.from_bytes(self.b[at:at + n], 'little')

    def put(self, at, value, n):
        self.b[at:at + n] = (value & (1 << 8 * n) - 1).to_bytes(n, 'little')

    def attribute(self, type_):
        at = self.get(20, 2)
        while self.get(at, 4) != 0xffffffff:
            if self.get(at, 4) == type_ and not self.b[at + 9]:
                return at
            at += self.get(at + 4, 4)
        raise KeyError(hex(type_))

    def name(self):
        at = self.attribute(0x30)
        at += self.get(at + 20, 2)
        return self.b[at + 66:at + 66 + 2 * self.b[at + 64]].decode('utf-16le')

    def runs(self):
        at = self.attribute(0x80)
        at, lcn, runs = at + self.get(at + 32, 2), 0, []
        while self.b[at]:
            n, m = self.b[at] & 15, self.b[at] >> 4
            lcn += int.from_bytes(self.b[at + 1 + n:at + 1 + n + m], 'little', signed=True)
            runs.append((lcn if m else None, self.get(at + 1, n)))
            at += 1 + n + m
        return runs

    def set_runs(self, runs, size=None):
        """Runs as (first cluster, count) or as raw bytes; the attribute grows or shrinks to fit."""
        at = self.attribute(0x80)
        pairs = self.get(at + 32, 2)
        packed, before = b'', 0
        for run in runs:
            if isinstance(run, bytes):
                packed += run
                continue
            packed += b'\x44' + struct.pack('<Ii', run[1], run[0] - before)
            before = run[0]
        packed += b'\0'
        new = (pairs + len(packed) + 7) // 8 * 8
        old = self.get(at + 4, 4)
        tail = self.b[at + old:self.get(24, 4)]
        body = self.b[at:at + pairs] + packed + bytes(new - pairs - len(packed))
        self.b[at:at + len(body) + len(tail)] = body + tail
        self.put(at + 4, new, 4)
        self.put(24, self.get(24, 4) + new - old, 4)
        if size is not None:
            self.put(at + 48, size, 8)


def each_record():
    for lcn, count in Record(MFT).runs():
        for at in range(V + lcn * CLUSTER, V + (lcn + count) * CLUSTER, RECORD):
            if disk[at:at + 4] == b'FILE':
                yield Record(at)


def by_name(name):
    for record in each_record():
        try:
            if record.get(22, 2) & 1 and record.name() == name:
                return record
        except KeyError:
            pass
    sys.exit('no record is called ' + name)


def zero(at, n):
    disk[at:at + n] = bytes(n)


def both(change):
    """The same change to record 0 and to its copy."""
    for at in (MFT, MIRROR):
        record = Record(at)
        change(record)
        record.write()


def move_clusters(lcn, count, to):
    disk[V + to * CLUSTER:V + (to + count) * CLUSTER] = disk[V + lcn * CLUSTER:V + (lcn + count) * CLUSTER]
    zero(V + lcn * CLUSTER, count * CLUSTER)


def scatter():
    """The $MFT in pieces of eight clusters, all over what was free. Record 0 stays."""
    place, runs = (FREE - V) // CLUSTER, []
    for lcn, count in Record(MFT).runs():
        for at in range(0, count, 8):
            n = min(8, count - at)
            if not runs:
                runs.append((lcn, n))
                continue
            place -= 24
            move_clusters(lcn + at, n, place)
            runs.append((place, n))
    both(lambda record: record.set_runs(runs))


def gpt_sum(header, size=512):
    """Puts both checksums of a GPT right again."""
    entries = u(header + 72, 8) * size
    put(header + 88, zlib.crc32(disk[entries:entries + u(header + 80, 4) * u(header + 84, 4)]), 4)
    put(header + 16, 0, 4)
    put(header + 16, zlib.crc32(disk[header:header + u(header + 12, 4)]), 4)


def gpt_entry(slot, change):
    for header in (512, len(disk) - 512):
        change(u(header + 72, 8) * 512 + 128 * slot)
        gpt_sum(header)


def no_tables():
    zero(0, 34 * 512)
    zero(len(disk) - 33 * 512, 33 * 512)


def no_boots():
    zero(V, 512)
    zero(END, 512)


def data(name, change):
    record = by_name(name)
    change(record, record.attribute(0x80))
    record.write()


def stale():
    """An older copy of the $MFT's second half where a snapshot would keep it: other names, lower sequence numbers."""
    scatter()
    runs = Record(MFT).runs()
    place = 0
    for lcn, count in runs[1:]:
        for at in range(V + lcn * CLUSTER, V + (lcn + count) * CLUSTER, RECORD):
            if disk[at:at + 4] != b'FILE':
                continue
            record = Record(at)
            record.put(8, 1000 + record.get(44, 4), 8)
            record.write()
            record.put(8, 10, 8)
            record.put(22, 0, 2)
            record.write((FREE + place) + at - (V + lcn * CLUSTER))
        place += count * CLUSTER
    zero(MFT, RECORD)
    zero(MIRROR, RECORD)




def overlap(entry):
    disk[entry + 128:entry + 256] = disk[entry:entry + 128]
    put(entry + 128 + 32, u(entry + 32, 8) + 2048, 8)
    disk[entry + 128 + 16] ^= 1


def hybrid():
    for slot, (type_, first, count) in enumerate(((0xee, 1, 2047), (7, V // 512, (END - V) // 512 + 1))):
        disk[446 + 16 * slot:462 + 16 * slot] = bytes(16)
        disk[446 + 16 * slot + 4] = type_
        put(446 + 16 * slot + 8, first, 4)
        put(446 + 16 * slot + 12, count, 4)


def ebr_loop():
    """A DOS table whose extended partition leads to itself; the volume is a logical one in it."""
    no_tables()
    put(510, 0xaa55, 2)
    disk[446 + 4] = 5
    put(446 + 8, 2048, 4)
    put(446 + 12, len(disk) // 512 - 2048, 4)
    at = 2048 * 512
    zero(at, 512)
    put(at + 510, 0xaa55, 2)
    disk[at + 446 + 4] = 7
    put(at + 446 + 8, V // 512 - 2048, 4)
    put(at + 446 + 12, (END - V) // 512 + 1, 4)
    disk[at + 462 + 4] = 5
    put(at + 462 + 8, 0, 4)
    put(at + 462 + 12, 4096, 4)


def ebr_zero():
    """The same without the loop, and the logical volume's own table lost."""
    ebr_loop()
    zero(2048 * 512, 512)


def slack():
    """Bytes of a file, once more behind the last cluster: the partition is made longer than its volume by 64 KiB."""
    gpt_entry(1, lambda e: put(e + 40, u(e + 40, 8) + 128, 8))
    one = by_name('shell.aspx')
    at = one.attribute(0x80)
    if one.b[at + 8]:
        place, length = V + one.runs()[0][0] * CLUSTER, one.get(at + 48, 8)
        content = disk[place:place + length]
    else:
        content = one.b[at + one.get(at + 20, 2):][:one.get(at + 16, 4)]
    disk[END + 4096:END + 4096 + len(content)] = content


def moved(to):
    """The disk with its volume elsewhere, and no table."""
    volume = disk[V:END + SECTOR]
    disk[:] = bytes(to) + volume + bytes(3 << 20)


KINDS = {
    # boot sectors
    'boot-zero': lambda: zero(V, 512),
    'boot-backup-zero': lambda: zero(END, 512),
    'boots-zero': no_boots,
    'boots-and-record-0': lambda: (no_boots(), zero(MFT, RECORD)),
    'boots-and-mirror': lambda: (no_boots(), zero(MIRROR, 4 * RECORD)),
    'boot-cluster-size': lambda: put(V + 13, disk[V + 13] * 2, 1),
    'boot-sector-size': lambda: put(V + 11, 3, 2),
    'boot-record-size': lambda: put(V + 64, 0xf3, 1),
    'boot-mft-elsewhere': lambda: put(V + 48, u(V + 48, 8) + 999, 8),
    'boot-too-long': lambda: put(V + 40, u(V + 40, 8) + 5000, 8),
    'boot-foreign-name': lambda: [disk.__setitem__(slice(at + 3, at + 11), b'MSDOS5.0') for at in (V, END)],
    'boot-no-mark': lambda: zero(V + 510, 2),
    'partition-too-long': lambda: (zero(V, 512), gpt_entry(1, lambda e: put(e + 40, u(e + 40, 8) + 1000, 8))),
    'partition-too-short': lambda: gpt_entry(1, lambda e: put(e + 40, u(e + 40, 8) - 1000, 8)),
    # the $MFT
    'record-0-zero': lambda: zero(MFT, RECORD),
    'record-0-torn': lambda: put(MFT + 510, 0xbad, 2),
    'record-0-and-mirror': lambda: (zero(MFT, RECORD), zero(MIRROR, 4 * RECORD)),
    'mft-runs-elsewhere': lambda: (lambda r: (r.set_runs([(n + 77, c) for n, c in r.runs()]), r.write()))(Record(MFT)),
    'mft-runs-elsewhere-both': lambda: both(lambda r: r.set_runs([(n + 77, c) for n, c in r.runs()])),
    'mft-runs-cut': lambda: both(lambda r: r.set_runs([(r.runs()[0][0], 10)])),
    'mft-size-small': lambda: both(lambda r: r.put(r.attribute(0x80) + 48, 40 * RECORD, 8)),
    'mft-size-huge': lambda: both(lambda r: r.put(r.attribute(0x80) + 48, 1 << 44, 8)),
    'mft-scattered': scatter,
    'mft-scattered-lost': lambda: (scatter(), zero(MFT, RECORD), zero(MIRROR, 4 * RECORD)),
    'mft-scattered-stale': stale,
    'mft-record-zero': lambda: zero(by_name('file-100.txt').at, RECORD),
    'mft-record-torn': lambda: put(by_name('file-100.txt').at + 510, 0xbad, 2),
    # partition tables
    'gpt-primary-zero': lambda: zero(512, 512),
    'gpt-primary-checksum': lambda: put(512 + 16, 1, 4),
    'gpt-entries-checksum': lambda: put(1024 + 128 + 56, 0x41, 2),
    'gpt-both-checksums': lambda: (put(512 + 16, 1, 4), put(len(disk) - 512 + 16, 1, 4)),
    'gpt-both-zero': lambda: (zero(512, 33 * 512), zero(len(disk) - 33 * 512, 33 * 512)),
    'gpt-entry-deleted': lambda: gpt_entry(1, lambda e: zero(e, 128)),
    'gpt-entry-deleted-boots-zero': lambda: (no_boots(), gpt_entry(1, lambda e: zero(e, 128))),
    'gpt-entry-deleted-boot-zero': lambda: (zero(V, 512), gpt_entry(1, lambda e: zero(e, 128))),
    'gpt-overlap': lambda: gpt_entry(1, overlap),
    'gpt-behind-the-end': lambda: gpt_entry(2, lambda e: (disk.__setitem__(slice(e, e + 128), disk[e - 128:e]),
                                                          put(e + 32, 1 << 33, 8), put(e + 40, 1 << 34, 8))),
    'gpt-hybrid': hybrid,
    'gpt-hybrid-alone': lambda: (no_tables(), put(510, 0xaa55, 2), hybrid()),
    'dos-ebr-loop': ebr_loop,
    'dos-ebr-zero': ebr_zero,
    'table-zero': no_tables,
    'table-and-boot-zero': lambda: (no_tables(), zero(V, 512)),
    'table-and-boots-zero': lambda: (no_tables(), no_boots()),
    'table-zero-cylinder': lambda: moved(3 * 16065 * 512 + 63 * 512),
    'table-zero-far': lambda: moved(70 << 20),
    'bare': lambda: disk.__setitem__(slice(0, len(disk)), disk[V:END + SECTOR]),
    'bare-boots-zero': lambda: (no_boots(), disk.__setitem__(slice(0, len(disk)), disk[V:END + SECTOR])),
    # the end of the image
    'cut-in-the-volume': lambda: disk.__delitem__(slice(FREE, len(disk))),
    'slack': slack,
    # run lists and sizes of one file
    'run-behind-the-end': lambda: data('file-100.txt', lambda r, a: r.set_runs([(1 << 28, 1)])),
    'run-negative': lambda: data('file-100.txt', lambda r, a: r.set_runs([b'\x11\x01\xf0'])),
    'run-on-boot': lambda: data('file-100.txt', lambda r, a: r.set_runs([b'\x11\x01\x00'])),
    'run-eight-bytes': lambda: data('file-100.txt', lambda r, a: r.set_runs(
        [b'\x88' + struct.pack('<QQ', r.runs()[0][1], r.runs()[0][0])])),
    'run-eight-bytes-far': lambda: data('file-100.txt', lambda r, a: r.set_runs(
        [b'\x88' + struct.pack('<QQ', 1, (1 << 63) - 1)])),
    'run-endless': lambda: data('file-100.txt', lambda r, a: r.set_runs([b'\x88' + b'\xff' * 7 + b'\x7f' + bytes(8)])),
    'run-no-end': lambda: data('file-100.txt', lambda r, a: r.set_runs([b'\x1f\x01'])),
    'run-too-short': lambda: data('one.bin', lambda r, a: r.set_runs(r.runs()[:2])),
    'hole-beyond-the-volume': lambda: data('file-100.txt', lambda r, a: (
        r.put(a + 12, 0x8000, 2), r.set_runs([r.runs()[0], b'\x04' + struct.pack('<I', 1 << 14)], (1 << 26) + 4096),
        r.put(a + 24, 1 << 14, 8), r.put(a + 40, (1 << 26) + 4096, 8))),
    'size-negative': lambda: data('file-100.txt', lambda r, a: r.put(a + 48, 1 << 63 | 77, 8)),
    'size-2-to-42': lambda: data('file-100.txt', lambda r, a: r.put(a + 48, 1 << 42, 8)),
}

if kind == 'touching':  # FROM and TO in bytes of the media: the names of the files that have clusters there
    first, last = int(target), int(sys.argv[4])
    found = set()
    for one in each_record():
        try:
            runs = one.runs() if one.get(22, 2) & 1 and one.b[one.attribute(0x80) + 8] else []
            if any(lcn is not None and V + lcn * CLUSTER < last and V + (lcn + n) * CLUSTER > first for lcn, n in runs):
                found.add(one.name())
        except KeyError:
            pass
    print(' '.join(sorted(found)))
    sys.exit()
KINDS[kind]()
open(target, 'wb').write(disk)
