#!/usr/bin/env python3
# iisconfig.py - another reader of applicationHost.config: prints what tests/iisls must print, by xml.etree.
import sys
import xml.etree.ElementTree as tree

FIELDS = ('Date, Time, ClientIP, UserName, ServerIP, Method, UriStem, UriQuery, TimeTaken, HttpStatus, Win32Status, '
          'ServerPort, UserAgent, HttpSubStatus, Referer')
OWN = {'directory': r'%SystemDrive%\inetpub\logs\LogFiles', 'enabled': 'true', 'period': 'Daily', 'logFormat': 'W3C',
       'logExtFileFlags': FIELDS, 'logTargetW3C': 'File', 'localTimeRollover': 'false'}


def setting(places, element, name, own):
    for place in places:
        found = place.find(element) if place is not None else None
        if found is not None and name in found.attrib:
            return found.attrib[name]
    return own


def split(binding):
    protocol, text = binding.get('protocol', ''), binding.get('bindingInformation', '')
    address, port, host = '', '0', ''
    if protocol in ('http', 'https', 'ftp') and text.count(':') >= 2:
        address, port, host = text.rsplit(':', 2)
    return [protocol, text, address, port, host]


def main():
    root = tree.parse(sys.argv[1]).getroot()
    sections = [s for place in [root] + root.findall('location') for s in place.findall('system.applicationHost')]
    sites = [(s, section.find('sites/siteDefaults')) for section in sections for s in section.findall('sites/site')]
    for site, defaults in sites:
        places = [site, defaults]
        out = ['site', site.get('id'), site.get('name')]
        for name in ('directory', 'enabled', 'period', 'logFormat', 'logExtFileFlags', 'logTargetW3C', 'localTimeRollover'):
            out.append(setting(places, 'logFile', name, OWN[name]))
        out.append(setting(places, 'traceFailedRequestsLogging', 'directory', r'%SystemDrive%\inetpub\logs\FailedReqLogFiles'))
        print('\t'.join(out))
    for i, (site, _) in enumerate(sites):
        for binding in site.findall('bindings/binding'):
            print('\t'.join(['binding', str(i)] + split(binding)))
    for i, (site, _) in enumerate(sites):
        for application in site.findall('application'):
            for folder in application.findall('virtualDirectory'):
                print('\t'.join(['folder', str(i), application.get('path', ''), folder.get('path', ''), folder.get('physicalPath', '')]))


main()
