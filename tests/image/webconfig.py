#!/usr/bin/env python3
# webconfig.py - another reader of web.config and its like: prints what tests/webls must print, by xml.etree.
import hashlib
import re
import sys
import xml.etree.ElementTree as tree

HEX = re.compile(r'[0-9a-fA-F]{16,}(?=,|$)')
LISTS = {  # section: title, where the name stands, where the value does, what else is told
    'globalModules': ('native module', ['name'], ['image'], ['preCondition']),
    'modules': ('module', ['name'], ['type'], ['preCondition']),
    'httpModules': ('module', ['name'], ['type'], ['preCondition']),
    'handlers': ('handler', ['name', 'path'], ['scriptProcessor', 'type', 'modules'],
                 ['path', 'verb', 'modules', 'resourceType', 'requireAccess']),
    'httpHandlers': ('handler', ['name', 'path'], ['scriptProcessor', 'type', 'modules'],
                     ['path', 'verb', 'modules', 'resourceType', 'requireAccess']),
    'isapiFilters': ('ISAPI filter', ['name'], ['path'], ['enabled', 'preCondition']),
    'isapiCgiRestriction': ('ISAPI or CGI program', ['description'], ['path'], ['allowed', 'groupId']),
    'buildProviders': ('build provider', ['extension'], ['type'], []),
    'moduleProviders': ('management module', ['name'], ['type'], []),
}
PLACES = ['system.webServer/globalModules', 'system.webServer/modules', 'system.webServer/handlers',
          'system.webServer/isapiFilters', 'system.webServer/security/isapiCgiRestriction', 'system.web/httpModules',
          'system.web/httpHandlers', 'system.web/compilation/buildProviders', 'moduleProviders']


def first(element, names):
    return next((element.get(n) for n in names if element.get(n)), '')


def told(element, names):
    return ', '.join('%s %s' % (n, element.get(n)) for n in names if element.get(n))


def lists(place, location):
    for path in PLACES:
        title, names, values, more = LISTS[path.split('/')[-1]]
        for section in place.findall(path):
            for item in section.findall('filter' if path.endswith('isapiFilters') else 'add'):
                yield title, location, first(item, names), first(item, values), told(item, more)


def directories(place):
    for site in place.findall('system.applicationHost/sites/site'):
        for application in site.findall('application'):
            for folder in application.findall('virtualDirectory'):
                top, path = application.get('path', ''), folder.get('path', '')
                address = (path if top in ('', '/') else top + ('' if path == '/' else path))
                yield ('virtual directory', site.get('name', ''), address, folder.get('physicalPath', ''),
                       told(folder, ['userName', 'logonMethod', 'allowSubDirConfig']))


def keys(place, location):
    for element in place.findall('system.web/machineKey'):
        words = []
        for name in ('validationKey', 'decryptionKey'):
            key = HEX.match(element.get(name, ''))
            if key:
                words.append('%s of %d hex digits, SHA-256 of its text begins with %s' % (
                    name, len(key[0]), hashlib.sha256(key[0].encode()).hexdigest()[:16]))
        if words:
            yield ('machine key', location, 'machineKey', '; '.join(words),
                   told(element, ['validation', 'decryption', 'compatibilityMode']))


def rules(place, location):
    for section in ('rules', 'globalRules', 'outboundRules'):
        for rule in place.findall('system.webServer/rewrite/%s/rule' % section):
            looks = ['switched off'] if rule.get('enabled', '').lower() == 'false' else []
            for look in rule.findall('match') + rule.findall('conditions/add'):
                looks.append('%s is like %s' % (look.get('input', look.get('serverVariable', 'url')),
                                                look.get('pattern', look.get('url', ''))))
            does = 'None'
            for action in rule.findall('action'):
                to = action.get('url', action.get('value'))
                does = action.get('type', 'None') + (' to ' + to if to is not None else '')
            yield 'rewrite rule', location, rule.get('name', ''), does, '; '.join(looks)


def main():
    root = tree.parse(sys.argv[1]).getroot()
    for place in [root] + root.findall('location'):
        location = place.get('path', '') if place.tag == 'location' else ''
        for row in [*lists(place, location), *directories(place), *keys(place, location), *rules(place, location)]:
            print('\t'.join(re.sub(r'[ \t\r\n]+', ' ', text) for text in row))


main()
