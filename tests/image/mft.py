"""mft.py - a second, plain reader of $MFT for the tests: what the records say, and bytes changed in them.

mft.py names IMAGE          every $FILE_NAME but folded 8.3 ones, as hex of its UTF-16LE, with its record and times
mft.py count IMAGE          how many records there are: in use or not, extensions, empty
mft.py type IMAGE PATH=TYPE ...       gives the $DATA attribute of the file called PATH another type
mft.py size IMAGE NAME SIZE           the size that its non-resident $DATA states
mft.py take IMAGE NAME FROM N         marks N clusters of its $DATA, from the FROM-th on, as in use in $Bitmap
mft.py fold IMAGE UNIT TO             makes $UpCase fold one unit into another
mft.py share IMAGE NAME OTHER         gives the $DATA of OTHER the clusters of NAME: the same runs, written as they are
mft.py inherit IMAGE NAME HEIR        deletes NAME, whose attributes lie in extension records too, as Windows would, and
                                      gives its base record to HEIR
mft.py lose IMAGE NAME                wipes the first extension record of NAME; says how many names were in it
mft.py dirty IMAGE                    sets the flag of a volume that was not closed
mft.py log IMAGE STATE...             what its two restart pages say: clean, open or bad, in order of age
mft.py shadow IMAGE CATALOGUE         the header of shadow copies, leading to that place
The volume must begin at byte 0 of a raw image.
"""
import struct
import sys


class Volume:
    def __init__(self, path):
        self.file = open(path, 'r+b')
        boot = self.file.read(512)
        self.cluster = struct.unpack_from('<H', boot, 11)[0] * boot[13]
        size = struct.unpack_from('<b', boot, 64)[0]
        self.record = size * self.cluster if size > 0 else 1 << -size
        self.mirror = struct.unpack_from('<Q', boot, 56)[0]
        self.runs = [(0, struct.unpack_from('<Q', boot, 48)[0], 1 << 40)]
        self.runs = self.data_runs(0)
        self.size = struct.unpack_from('<Q', self.raw(0), self.data_at(0) + 48)[0]

    def place(self, number):
        at = number * self.record
        for vcn, lcn, n in self.runs:
            if vcn * self.cluster <= at < (vcn + n) * self.cluster:
                return lcn * self.cluster + at - vcn * self.cluster
        raise SystemExit('no such record')

    def raw(self, number):
        self.file.seek(self.place(number))
        record = bytearray(self.file.read(self.record))
        if record[:4] != b'FILE':
            return None
        array, count = struct.unpack_from('<HH', record, 4)
        for i in range(1, count):
            record[i * 512 - 2:i * 512] = record[array + 2 * i:array + 2 * i + 2]
        return record

    def attributes(self, record):
        at = struct.unpack_from('<H', record, 20)[0]
        while at + 8 <= len(record):
            kind, n = struct.unpack_from('<II', record, at)
            if kind == 0xffffffff or n < 16 or at + n > len(record):
                return
            yield at, kind
            at += n

    def data_at(self, number):
        record = self.raw(number)
        return next(at for at, kind in self.attributes(record) if kind == 0x80 and not record[at + 9])

    def data_runs(self, number):
        return self.runs_at(self.raw(number), self.data_at(number))

    def runs_at(self, record, at):
        runs, vcn, lcn = [], 0, 0
        at += struct.unpack_from('<H', record, at + 32)[0]
        while record[at]:
            n, m = record[at] & 15, record[at] >> 4
            length = int.from_bytes(record[at + 1:at + 1 + n], 'little')
            lcn += int.from_bytes(record[at + 1 + n:at + 1 + n + m], 'little', signed=True)
            runs.append((vcn, lcn, length))
            vcn, at = vcn + length, at + 1 + n + m
        return runs

    def write(self, number, at, data):
        """Bytes of a record, which the update sequence must not cover."""
        assert at % 512 < 510 - len(data) + 1
        self.file.seek(self.place(number) + at)
        self.file.write(data)

    def names(self):
        for number in range(self.size // self.record):
            record = self.raw(number)
            for at, kind in self.attributes(record) if record else ():
                if kind != 0x30 or record[at + 8]:
                    continue
                v = at + struct.unpack_from('<H', record, at + 20)[0]
                name = bytes(record[v + 66:v + 66 + 2 * record[v + 64]])
                yield number, record, bytes(record[v:v + 8]), record[v + 65], name, struct.unpack_from('<4Q', record, v + 8)

    def store(self, number, record):
        """A whole record, with its update sequence."""
        record = bytearray(record)
        array, count = struct.unpack_from('<HH', record, 4)
        for i in range(1, count):
            record[array + 2 * i:array + 2 * i + 2] = record[i * 512 - 2:i * 512]
            record[i * 512 - 2:i * 512] = record[array:array + 2]
        self.file.seek(self.place(number))
        self.file.write(record)

    def free(self, number, record):
        """As a deletion leaves it."""
        struct.pack_into('<H', record, 22, struct.unpack_from('<H', record, 22)[0] & ~1)
        struct.pack_into('<H', record, 16, struct.unpack_from('<H', record, 16)[0] + 1)
        self.store(number, record)
        at = next(at for at, kind in self.attributes(self.raw(0)) if kind == 0xb0)
        place = self.runs_at(self.raw(0), at)[0][1] * self.cluster + number // 8
        self.file.seek(place)
        byte = self.file.read(1)[0] & ~(1 << number % 8)
        self.file.seek(place)
        self.file.write(bytes([byte]))

    def find(self, name):
        return next(n for n, _, _, _, raw, _ in self.names() if raw == name.encode('utf-16-le'))

    def clusters(self, number):
        return [lcn + i for _, lcn, n in self.data_runs(number) for i in range(n)]


def main(what, image, *words):
    volume = Volume(image)
    if what == 'names':
        for number, record, parent, space, name, times in volume.names():
            print(number, space, name.hex() or '-', *times)
    elif what == 'count':
        records = [volume.raw(n) for n in range(volume.size // volume.record)]
        bases = [struct.unpack_from('<Q', r, 32)[0] for r in records if r]
        print(len(records), sum(1 for b in bases if b))
    elif what == 'type':
        for word in words:
            name, kind = word.split('=')
            number = volume.find(name)
            volume.write(number, volume.data_at(number), struct.pack('<I', int(kind, 0)))
    elif what == 'size':
        number = volume.find(words[0])
        volume.write(number, volume.data_at(number) + 48, struct.pack('<Q', int(words[1], 0)))
    elif what == 'take':
        bitmap = volume.clusters(6)
        for cluster in volume.clusters(volume.find(words[0]))[int(words[1]):][:int(words[2])]:
            at = bitmap[cluster // 8 // volume.cluster] * volume.cluster + cluster // 8 % volume.cluster
            volume.file.seek(at)
            byte = volume.file.read(1)[0] | 1 << cluster % 8
            volume.file.seek(at)
            volume.file.write(bytes([byte]))
    elif what == 'share':
        from_, to = (volume.find(word) for word in words)
        a, b = volume.raw(from_), volume.raw(to)
        x, y = volume.data_at(from_), volume.data_at(to)
        n, m = struct.unpack_from('<I', a, x + 4)[0], struct.unpack_from('<I', b, y + 4)[0]
        assert n == m
        b[y + 16:y + m] = a[x + 16:x + n]
        volume.store(to, b)
    elif what == 'inherit':
        old, new = (volume.find(word) for word in words)
        dead, heir = volume.raw(old), volume.raw(new)
        sequence = struct.unpack_from('<H', dead, 16)[0]
        for number in range(volume.size // volume.record):
            record = volume.raw(number)
            if record and struct.unpack_from('<Q', record, 32)[0] == old | sequence << 48:
                volume.free(number, record)
        gone = bytearray(heir)
        volume.free(new, gone)
        struct.pack_into('<H', heir, 16, sequence + 1)
        struct.pack_into('<I', heir, 44, old)
        volume.store(old, heir)
    elif what == 'lose':
        base = volume.find(words[0])
        for number in range(base + 1, volume.size // volume.record):
            record = volume.raw(number)
            if record and struct.unpack_from('<Q', record, 32)[0] & (1 << 48) - 1 == base:
                print(sum(kind == 0x30 for _, kind in volume.attributes(record)))
                volume.file.seek(volume.place(number))
                volume.file.write(bytes(volume.record))
                break
    elif what == 'dirty':
        record = volume.raw(3)
        at = next(at for at, kind in volume.attributes(record) if kind == 0x70)
        at += struct.unpack_from('<H', record, at + 20)[0] + 10
        flags = struct.pack('<H', struct.unpack_from('<H', record, at)[0] | 1)
        volume.write(3, at, flags)
        volume.file.seek(volume.mirror * volume.cluster + 3 * volume.record + at)
        volume.file.write(flags)
    elif what == 'log':
        first = volume.clusters(2)[0] * volume.cluster
        for i, state in enumerate(words):
            page = bytearray(4096)
            struct.pack_into('<4sHHQIIHHH', page, 0, b'RSTR', 30, 9, 0, 4096, 4096, 48, 1, 1)
            # the area: sequence, clients, free list, list in use, flags, bits, length, clients' place, file size
            struct.pack_into('<QHHHHIHHQIHH', page, 48, (1 << 20) + i, 1, *((0xffff, 0) if state == 'open' else (0, 0xffff)),
                             0, 67 - 22, 48 + 160, 48, 2 << 20, 0, 48, 0)
            struct.pack_into('<QQHHH', page, 48 + 48, 0, 1 << 20, 0xffff, 0xffff, 0)
            struct.pack_into('<I8s', page, 48 + 48 + 28, 8, 'NTFS'.encode('utf-16-le'))
            struct.pack_into('<H', page, 30, 7)
            for k in range(1, 9):
                struct.pack_into('<H', page, 512 * k - 2, 7 if state != 'bad' else 8)
            volume.file.seek(first + 4096 * i)
            volume.file.write(page)
    elif what == 'shadow':
        volume.file.seek(0x1e00)
        volume.file.write(bytes.fromhex('6b87083876c1484eb7ae04046e6cc752') + struct.pack('<IIQQQQQ', 1, 1, 0x1e00, 0x1e00, 0,
                                                                                         int(words[0], 0), 0))
    elif what == 'fold':
        unit, to = (int(w, 16) for w in words)
        table = volume.clusters(10)
        volume.file.seek(table[unit * 2 // volume.cluster] * volume.cluster + unit * 2 % volume.cluster)
        volume.file.write(struct.pack('<H', to))


main(*sys.argv[1:])
