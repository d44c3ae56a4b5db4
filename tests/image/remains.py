"""remains.py FOLDER - the binary files of remains.scenario, each as Windows or Defender writes it."""
import os
import struct
import sys

KEY = bytes.fromhex(
    '1e87781b8dbaa844ce69702c0c78b786a3f623b738f5edf9af83530fb3fc54faa21eb9cf1331fd0f0da954f687cb9e18'
    '279697900e53fb317c9cbce48e23d05371ecc15951b8f3649d7ca33ed68dc9047e82c9baad9799d0d458cb847ca9ffbe'
    '3c8a775233557dde13a8b14087cc1bc8f10f6ecdd083a959cff84a9d1d50755e3e191818af23e2293558766d2c07e257'
    '12b2ca0b535ed8f6c56ce73d24bdd0291771861a54b4c285a9a3db7aca6d224aeacd621db9f2a22ed1e9e11d75bed7dc'
    '0ecb0a8e68a2ff1263408dc808dffd164b116774cd0b9b8d05411ed6262e429ba495676b8398db2f35d3c1b9ced52636'
    'f2765e1a95cb7ca4c3ddabddbff38253')
WHEN = 132591246690000000 + 3600 * 10000000  # 2021-03-02T03:11:09Z


def rc4(data):
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + KEY[i]) & 255
        box[i], box[j] = box[j], box[i]
    i = j = 0
    out = bytearray()
    for byte in data:
        i = (i + 1) & 255
        j = (j + box[i]) & 255
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) & 255])
    return bytes(out)


def wide(text):
    return (text + '\0').encode('utf-16-le')


def quarantine():
    first = bytes(32) + struct.pack('<QQI', WHEN, 2147735000, 1) + b'Backdoor:ASP/SecChecker.A\0'
    thing = wide('\\\\?\\C:\\inetpub\\wwwroot\\aspnet_client\\x.aspx') + struct.pack('<H', 0) + b'file\0'
    second = struct.pack('<II', 1, 8) + thing
    header = b'\xdb\xe8\xc5\x01' + bytes(36) + struct.pack('<IIII', len(first), len(second), 0, 0) + b'\x0b\xad\0\0'
    return rc4(header) + rc4(first) + rc4(second)


def value(kind, data):
    return struct.pack('<II', len(data), kind) + data + bytes(-len(data) % 8)


def detection():
    start = wide('ThreatTrackingStartTime')
    tracking = struct.pack('<II', 0, len(start)) + start + struct.pack('<IQ', 4, WHEN)
    return b''.join([
        value(8, struct.pack('<Q', 2147735000)), value(0x1e, bytes(16)), value(0x15, wide('Magic.Version:1.2')),
        value(0x15, wide('Backdoor:ASP/SecChecker.A')), value(5, bytes(4)), value(0x15, wide('Magic.Version:1.2')),
        value(0x15, wide('file')), value(0x15, wide('C:\\inetpub\\wwwroot\\aspnet_client\\x.aspx')), value(5, bytes(4)),
        value(5, struct.pack('<I', len(tracking))), value(0x28, tracking)])


def objects():
    page = (b'\0\0CommandLineEventConsumer\0\0C:\\Windows\\Temp\\a.cmd /q\0\0Updater\0\0\0'
            b'\0\0__EventFilter\0\0UpdaterFilter\0\0SELECT * FROM __InstanceModificationEvent WITHIN 60\0\0WQL\0'
            b'\0__FilterToConsumerBinding\0\0CommandLineEventConsumer.Name="Updater"\0\0__EventFilter.Name="UpdaterFilter"\0'
            b'\0NTEventLogEventConsumer.Name="SCM Event Log Consumer"\0\0__EventFilter.Name="SCM Event Log Filter"\0')
    return bytes(8192) + page + bytes(8192 - len(page))


TASK = '''<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Date>2021-03-01T02:15:00</Date><Author>EXAMPLE\\EXCH01$</Author><URI>\\Winnet</URI></RegistrationInfo>
  <Triggers><CalendarTrigger><Repetition><Interval>PT45M</Interval></Repetition></CalendarTrigger></Triggers>
  <Principals><Principal id="Author"><UserId>S-1-5-18</UserId></Principal></Principals>
  <Actions><Exec><Command>%s</Command><Arguments>-nop -w hidden -e SQBFAFgAKABOAGUAdwAtAE8AYgBqAGUA</Arguments></Exec></Actions>
</Task>
'''

STARS = '*' * 22 + '\r\n'
TRANSCRIPT = (STARS + 'Windows PowerShell transcript start\r\nStart time: 20210302021109\r\nUsername: EXAMPLE\\admin\r\n'
              'Machine: EXCH01 (Microsoft Windows NT 10.0.14393.0)\r\nHost Application: powershell.exe\r\n' + STARS +
              'PS C:\\> Get-Process %s\r\n' + STARS + 'Command start time: 20210302021530\r\n' + STARS +
              'PS C:\\> rundll32 C:\\windows\\system32\\com%s.dll, MiniDump 632 C:\\x.bin full\r\n')

folder = sys.argv[1]
for name, data in [('quarantine.bin', quarantine()), ('detection.bin', detection()), ('objects.bin', objects()),
                   ('winnet.task', b'\xff\xfe' + (TASK % ('power' + 'shell')).replace('\n', '\r\n').encode('utf-16-le')),
                   ('transcript.txt', b'\xef\xbb\xbf' + (TRANSCRIPT % ('ls' + 'ass', 'svcs')).encode())]:
    with open(os.path.join(folder, name), 'wb') as f:
        f.write(data)
