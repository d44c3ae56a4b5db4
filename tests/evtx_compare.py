#!/usr/bin/python3
"""evtx_compare.py - every record of event logs as libevtx has it, against ours: element by element, attribute by attribute.

Where the two write the same value in other ways, that is counted by its kind; anything else is a difference and fails.
"""
import collections
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pyevtx

RECORD = re.compile(r'^\d+ (\d+) (?:listed|uncounted|behind) (<.*?)(?=^\d+ \d+ [a-z]+ (?:damaged )?<|^damage |\Z)', re.M | re.S)


def flat(element, path=''):
    path += '/' + re.sub(r'^\{.*\}', '', element.tag)
    held = len(element) > 0
    yield path, (element.text or '').strip() if held else element.text or ''
    for name, value in sorted(element.attrib.items()):
        yield path + '@' + re.sub(r'^\{.*\}', '', name), value
    for child in element:
        yield from flat(child, path)


def hexadecimal(value):
    return re.sub(r'^0x0*(?=[0-9a-f])', '0x', value.lower())


def number(value):
    try:
        return float('%.6g' % float(value))
    except ValueError:
        return None


def kind_of(ours, theirs):
    """Why two spellings of a value are the same, or None."""
    if re.fullmatch(r'\d{4}-.*Z', ours) and ours[:-1] == theirs[:27]:
        return 'nine decimals of a time, we seven'
    if hexadecimal(ours) == hexadecimal(theirs):
        return 'zeros in front of a hexadecimal number, we none'
    if ours.replace('\r\n', '\n').strip() == theirs.replace('\r\n', '\n').strip():
        return 'CR LF as LF, blanks at the end'
    if number(ours) is not None and number(ours) == number(theirs):
        return 'a number with an exponent'
    if re.fullmatch(r'-\d+', ours) and int(theirs) == -(int(ours) & 0x7fffffff):
        return 'a negative number that libevtx gives without its highest bit (-2147221164 is 0x80040154)'
    return None


def compare(ours, theirs, kinds):
    if [path for path, _ in ours] != [path for path, _ in theirs]:
        return 'other elements'
    for (path, a), (_, b) in zip(ours, theirs):
        if a != b:
            kind = kind_of(a, b)
            if not kind:
                return '%s: %r, libevtx %r' % (path, a, b)
            kinds[kind] += 1
    return None


def records_of(evtxls, path):
    out = subprocess.run([evtxls, 'xml', path], capture_output=True, check=True).stdout.decode('utf-8', 'replace')
    return {int(m[1]): m[2] for m in RECORD.finditer(out)}


def compare_file(evtxls, path, kinds):
    ours, bad = records_of(evtxls, path), 0
    log = pyevtx.file()
    log.open(path)
    for i in range(log.number_of_records):
        try:
            record = log.get_record(i)
            identifier, xml = record.identifier, record.xml_string.replace('\0', '')
        except OSError:
            kinds['a record that libevtx cannot read'] += 1
            continue
        kinds['records'] += 1
        try:
            theirs = list(flat(ET.fromstring(xml)))
        except ET.ParseError:
            kinds['XML within a value that makes libevtx\'s no XML, ours is escaped'] += 1
            continue
        said = compare(list(flat(ET.fromstring(ours[identifier]))), theirs, kinds) if identifier in ours else 'not in ours'
        if said:
            print('%s: record %d: %s' % (path, identifier, said))
            bad += 1
    return bad


def main():
    kinds = collections.Counter()
    bad = sum(compare_file(sys.argv[1], path, kinds) for path in sys.argv[2:])
    for kind, count in sorted(kinds.items()):
        print('%8d %s' % (count, kind))
    sys.exit(1 if bad or not kinds['records'] else 0)


main()
