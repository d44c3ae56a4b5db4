"""mft.py - a second, plain reader of $MFT for the tests: what the records say, and bytes changed in them.

mft.py names IMAGE          every $FILE_NAME but folded 8.3 ones, as hex of its UTF-16LE, with its record and times
mft.py count IMAGE          how many records there are: in use or not, extensions, empty
mft.py type IMAGE PATH=TYPE ...       gives the $DATA attribute of the file called PATH another type
mft.py size IMAGE NAME SIZE           the size that its non-resident $DATA states
mft.py take IMAGE NAME FROM N         marks N clusters of its $DATA, from the FROM-th on, as in use in $Bitmap
mft.py fold IMAGE UNIT TO             makes $UpCase fold one unit into another
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
        record, at, runs, vcn, lcn = self.raw(number), self.data_at(number), [], 0, 0
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
    elif what == 'fold':
        unit, to = (int(w, 16) for w in words)
        table = volume.clusters(10)
        volume.file.seek(table[unit * 2 // volume.cluster] * volume.cluster + unit * 2 % volume.cluster)
        volume.file.write(struct.pack('<H', to))


main(*sys.argv[1:])
