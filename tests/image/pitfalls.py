"""pitfalls.py - reads the exports of pitfalls.sh as strangers would, and holds them against the records themselves."""
import csv
import json
import re
import sys
import unicodedata

work = sys.argv[1] + '/'
failed = []


def check(what, fine):
    if not fine:
        failed.append(what)


def units(shown):
    """The UTF-16 units that a name of the case stands for: \\u{..} is always an escape."""
    parts = re.split(r'\\u\{([0-9a-f]+)\}', shown)
    return b''.join(int(p, 16).to_bytes(2, 'little') if i % 2 else p.encode('utf-16-le') for i, p in enumerate(parts))


def rows(name):
    return [json.loads(line) for line in open(work + name, encoding='utf-8', errors='strict', newline='\n')]


# every name of every record, by another reader of the $MFT, is in the case once and the same
for name in 'files', 'letters':
    there = set()
    for line in open(work + name + '.mft'):
        number, space, raw, created = line.split()[:4]
        there.add((int(number), bytes.fromhex(raw)))
    listed = rows(name + '.jsonl')
    here = set((row['mft'], units(row['path'].rsplit('/', 1)[1])) for row in listed if '[no name]' not in row['path'])
    check(name + ': a name in the case that no record has: %r' % sorted(here - there)[:3], here <= there)
    if name == 'letters':
        check('letters: names that the case has not', len(there - here) == 0)
        paths = set(row['path'] for row in listed if row['path'].startswith('/all/'))
        check('65,536 units, %d names' % len(paths), len(paths) == 65536)

# nothing on a terminal that acts on it, moves it or is not seen
for name in 'files.txt', 'findings.txt', 'letters.txt', 'p.csv', 'p.bodyfile', 'p.l2tcsv', 'p.timesketch':
    text = set(open(work + name, encoding='utf-8', errors='strict', newline='').read())
    wrong = set(c for c in text if unicodedata.category(c) in ('Cc', 'Cs', 'Zl', 'Zp') and c not in '\r\n')
    wrong |= set(c for c in text if 0x202a <= ord(c) <= 0x202e or 0x2066 <= ord(c) <= 0x2069)
    wrong |= set(c for c in text if ord(c) in (0xad, 0x61c, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2060, 0xfeff))
    check('%s holds %s' % (name, ' '.join('%04x' % ord(c) for c in sorted(wrong))), not wrong)
for name in 'p.jsonl', 'files.jsonl', 'letters.jsonl':
    data = open(work + name, 'rb').read()
    check(name + ' has bytes that act', not re.search(rb'[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]', data))

# CSV as RFC 4180 has it, one line a row, no cell that a spreadsheet would run
for name in 'p.csv', 'p.l2tcsv', 'p.timesketch':
    table = list(csv.reader(open(work + name, encoding='utf-8', newline=''), strict=True))
    check(name + ' has rows of several lengths', len(set(map(len, table))) == 1)
    cells = [cell for row in table for cell in row]
    check(name + ' has a formula', not any(re.match(r'\s*[=+@\t\r]', cell) or re.match(r'\s*-(?!\d*$|$)', cell) for cell in cells))
    check(name + ' has a line break in a cell', not any('\n' in cell or '\r' in cell for cell in cells))
table = list(csv.DictReader(open(work + 'p.csv', encoding='utf-8', newline='')))
events = rows('p.jsonl')
check('csv and jsonl differ in length', len(table) == len(events))
check('ticks are cut somewhere', all(str(e['ticks']) == row['ticks'] for e, row in zip(events, table)))
for ticks in 132590664000000001, 159394408960000001, 175474944000000001, 2650467744000000000, 9223372036854775808, 18446744073709551614:
    for name in 'p.csv', 'p.jsonl':
        check('%d is not in %s' % (ticks, name), str(ticks) in open(work + name, encoding='utf-8').read())

# a body file has eleven fields a line, and no time that wrapped
body = 0
for line in open(work + 'p.bodyfile', encoding='utf-8', newline='\n'):
    fields = line.rstrip('\n').split('|')
    check('a body line of %d fields' % len(fields), len(fields) == 11)
    if '/times/' in fields[1] and re.search('(zero|one|1969|10000|half|last).txt$', fields[1]):
        check(fields[1] + ' has a time', fields[7:] == ['0', '0', '0', '0'])
    if fields[1].endswith('/times/2157.txt'):
        body += 1
        check('2157 is ' + fields[7], fields[7:] == ['5903020800'] * 4)
check('2157 is not in the body file', body == 1)

for what in failed:
    print('FAILED: pitfalls.py: ' + what)
sys.exit(1 if failed else 0)
