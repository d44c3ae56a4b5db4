"""exports.py - what a STIX bundle and a CASE graph have to be by their specifications, asked by a program that shares
nothing with the one that wrote them. Usage: exports.py stix|case FILE CASE.db"""
import json, re, sqlite3, sys, uuid

TIME = re.compile(r'^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?Z$')
ID = re.compile(r'^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')
PATTERN = re.compile(r"^\[[a-z0-9-]+:[a-z_]+(\.('[^']+'|[a-z_]+))* = '([^'\\]|\\['\\])*'\]$")
OBSERVABLES = uuid.UUID('00abedb4-aa42-466c-9c01-fed23315a9b7')
# STIX 2.1: the properties that name an observable, and what each type has to have
NAMED_BY = {'file': ('hashes', 'name', 'extensions', 'parent_directory_ref'), 'directory': ('path',), 'ipv4-addr': ('value',),
	    'ipv6-addr': ('value',), 'url': ('value',), 'user-account': ('account_type', 'user_id', 'account_login'),
	    'network-traffic': ('start', 'end', 'src_ref', 'dst_ref', 'src_port', 'dst_port', 'protocols', 'extensions')}
NEEDS = {'identity': ('name',), 'observed-data': ('first_observed', 'last_observed', 'number_observed', 'object_refs'),
	 'indicator': ('pattern', 'pattern_type', 'valid_from'), 'sighting': ('sighting_of_ref',),
	 'attack-pattern': ('name',), 'vulnerability': ('name',), 'directory': ('path',), 'file': (), 'ipv4-addr': ('value',),
	 'ipv6-addr': ('value',), 'url': ('value',), 'user-account': (), 'network-traffic': ('protocols', 'src_ref')}
MAY = {'identity': {'description', 'identity_class'}, 'observed-data': set(),
       'indicator': {'name', 'description', 'indicator_types', 'pattern_version'},
       'sighting': {'first_seen', 'last_seen', 'count', 'observed_data_refs', 'where_sighted_refs'},
       'attack-pattern': set(), 'vulnerability': set(), 'directory': set(),
       'file': {'hashes', 'size', 'name', 'parent_directory_ref'}, 'ipv4-addr': set(), 'ipv6-addr': set(), 'url': set(),
       'user-account': {'account_login'}, 'network-traffic': {'start', 'extensions'}}
COMMON = {'type', 'spec_version', 'id'}
DOMAIN = {'created_by_ref', 'created', 'modified', 'labels', 'external_references'}
VOCABULARY = {'identity_class': {'system'}, 'indicator_types': {'malicious-activity', 'anomalous-activity'}}


def references(value, key=''):
	if isinstance(value, dict):
		for k, v in value.items():
			yield from references(v, k)
	elif isinstance(value, list):
		for v in value:
			yield from references(v, key)
	elif key.endswith(('_ref', '_refs')):
		yield key, value


def check_observable(o):
	named = {k: o[k] for k in NAMED_BY[o['type']] if k in o}
	canonical = json.dumps(named, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
	assert o['id'] == f"{o['type']}--{uuid.uuid5(OBSERVABLES, canonical)}", ('not named after its properties', o)
	for reference in o.get('hashes', {}).items():
		assert reference[0] == 'SHA-256' and re.fullmatch('[0-9a-f]{64}', reference[1]), o


def check_domain(o):
	assert TIME.match(o['created']) and TIME.match(o['modified']) and o['modified'] >= o['created'], o
	for reference in o.get('external_references', []):
		assert reference['source_name'] and set(reference) & {'description', 'url', 'external_id'}, o
	for first, last in (('first_observed', 'last_observed'), ('first_seen', 'last_seen')):
		for key in (first, last):
			assert key not in o or TIME.match(o[key]), o
		assert not (first in o and last in o) or o[first] <= o[last], o
	for key in ('number_observed', 'count'):
		assert key not in o or 0 < o[key] <= 999999999, o
	if o['type'] == 'indicator':
		assert o['pattern_type'] == 'stix' and PATTERN.match(o['pattern']) and TIME.match(o['valid_from']), o


def check_stix(document, case):
	assert set(document) == {'type', 'id', 'objects'} and document['type'] == 'bundle' and ID.match(document['id'])
	objects = document['objects']
	by_id = {o['id']: o for o in objects}
	assert len(by_id) == len(objects), 'an object is there twice'
	for o in objects:
		kind, observable = o['type'], o['type'] in NAMED_BY
		assert ID.match(o['id']) and o['id'].startswith(kind + '--') and o['spec_version'] == '2.1', o
		assert all(key in o for key in NEEDS[kind]), o
		assert set(o) <= COMMON | set(NEEDS[kind]) | MAY[kind] | (set() if observable else DOMAIN), o
		assert all(v not in ([], {}, '') or k == 'value' for k, v in o.items()), ('an empty value', o)
		for key, allowed in VOCABULARY.items():
			assert key not in o or set([o[key]] if isinstance(o[key], str) else o[key]) <= allowed, o
		(check_observable if observable else check_domain)(o)
		for key, reference in references(o):
			assert reference in by_id, (key, 'leads nowhere', o)
			assert key != 'object_refs' or by_id[reference]['type'] in NAMED_BY, o
			assert key != 'observed_data_refs' or reference.startswith('observed-data--'), o
			assert key != 'where_sighted_refs' or reference.startswith('identity--'), o
			assert key != 'sighting_of_ref' or by_id[reference]['type'] not in NAMED_BY, o
			assert key != 'src_ref' or reference.startswith(('ipv4-addr--', 'ipv6-addr--')), o
	findings = {(r['external_id']) for o in objects for r in o.get('external_references', [])
		    if r['source_name'] == 'postmortem finding' and o['type'] == 'observed-data'}
	assert findings == {row[0] for row in case.execute('SELECT finding FROM v_findings')}, 'not every finding is there'
	hashes = {o['hashes']['SHA-256'] for o in objects if o['type'] == 'file' and 'hashes' in o}
	assert hashes == {row[0] for row in case.execute('SELECT sha256 FROM v_findings WHERE sha256 IS NOT NULL')}
	for kind in ('indicator', 'sighting', 'network-traffic', 'ipv4-addr', 'attack-pattern', 'vulnerability', 'url'):
		assert any(o['type'] == kind for o in objects), 'no ' + kind
	assert any('User-Agent' in o.get('extensions', {}).get('http-request-ext', {}).get('request_header', {}) for o in objects)


UUID_END = re.compile(r'-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')
# UCO and CASE 1.4: for each class the properties that its shapes know: a datatype, or the classes that may stand there
STRING, INTEGER, DATE, BOOLEAN, HEX = 'string', 'xsd:integer', 'xsd:dateTime', 'boolean', 'xsd:hexBinary'
THING = {'uco-core:name': STRING, 'uco-core:description': STRING, 'uco-core:tag': STRING,
	 'uco-core:externalReference': ['uco-core:ExternalReference'], 'uco-core:hasFacet': None}
FACETS = {'uco-observable:FileFacet', 'uco-observable:ContentDataFacet', 'uco-observable:NTFSFileFacet',
	  'uco-observable:DataRangeFacet', 'uco-observable:ImageFacet'}
SHAPES = {
	'uco-tool:Tool': {**THING, 'uco-tool:toolType': STRING, 'uco-tool:version': STRING},
	'uco-observable:Image': THING, 'uco-observable:File': THING,
	'uco-observable:AlternateDataStream': THING,
	'uco-observable:FileFacet': {'uco-observable:fileName': STRING, 'uco-observable:filePath': STRING,
		'uco-observable:sizeInBytes': INTEGER, 'uco-observable:allocationStatus': STRING, 'uco-observable:isDirectory': BOOLEAN,
		'uco-observable:observableCreatedTime': DATE, 'uco-observable:modifiedTime': DATE,
		'uco-observable:metadataChangeTime': DATE, 'uco-observable:accessedTime': DATE},
	'uco-observable:ContentDataFacet': {'uco-observable:sizeInBytes': INTEGER, 'uco-observable:hash': ['uco-types:Hash']},
	'uco-observable:NTFSFileFacet': {'uco-observable:entryID': INTEGER, 'uco-observable:sid': STRING,
		'uco-observable:alternateDataStreams': ['uco-observable:AlternateDataStream']},
	'uco-observable:DataRangeFacet': {'uco-observable:rangeOffset': INTEGER, 'uco-observable:rangeSize': INTEGER},
	'uco-observable:ImageFacet': {'uco-observable:imageType': STRING},
	'uco-observable:ObservableRelationship': {'uco-core:source': ['uco-observable:File'], 'uco-core:target': ['uco-observable:Image'],
		'uco-core:kindOfRelationship': 'uco-vocabulary:ObservableObjectRelationshipVocab', 'uco-core:isDirectional': BOOLEAN},
	'uco-types:Hash': {'uco-types:hashMethod': 'uco-vocabulary:HashNameVocab', 'uco-types:hashValue': HEX},
	'uco-core:ExternalReference': {'uco-core:definingContext': STRING, 'uco-core:externalIdentifier': STRING},
	'case-investigation:InvestigativeAction': {**THING, 'uco-action:instrument': ['uco-tool:Tool'],
		'uco-action:object': ['uco-observable:Image'], 'uco-action:result': ['case-investigation:ProvenanceRecord']},
	'case-investigation:ProvenanceRecord': {**THING, 'case-investigation:exhibitNumber': STRING,
		'uco-core:object': ['uco-observable:Image', 'uco-observable:File']},
	'case-investigation:Investigation': {**THING,
		'case-investigation:investigationForm': 'case-vocabulary:InvestigationFormVocab',
		'uco-core:object': ['case-investigation:ProvenanceRecord', 'case-investigation:InvestigativeAction']},
}
MUST = {'uco-observable:ObservableRelationship': ('uco-core:source', 'uco-core:target', 'uco-core:kindOfRelationship', 'uco-core:isDirectional'),
	'uco-types:Hash': ('uco-types:hashMethod', 'uco-types:hashValue'),
	'case-investigation:ProvenanceRecord': ('uco-core:object',), 'case-investigation:Investigation': ('uco-core:object',)}
ONCE = {'uco-core:tag', 'uco-core:externalReference', 'uco-core:hasFacet', 'uco-core:object', 'uco-observable:hash'}
WORDS = {'uco-vocabulary:HashNameVocab': {'MD5', 'SHA1', 'SHA256'}, 'case-vocabulary:InvestigationFormVocab': {'incident'},
	 'uco-vocabulary:ObservableObjectRelationshipVocab': {'Contained_Within'}}
LITERALS = {INTEGER: r'-?\d+', DATE: r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z', HEX: '([0-9a-f]{2})+'}


def check_literal(kind, value, node):
	if kind == STRING:
		assert isinstance(value, str), (node, value)
	elif kind == BOOLEAN:
		assert isinstance(value, bool), (node, value)
	else:
		assert set(value) == {'@type', '@value'} and value['@type'] == kind, (node, value)
		assert re.fullmatch(LITERALS.get(kind, '.+'), value['@value']), (node, value)
		assert value['@value'] in WORDS.get(kind, {value['@value']}), (node, value)


def walk(node, types):
	kind = node['@type']
	shape = SHAPES[kind]
	assert UUID_END.search(node['@id']) and node['@id'].startswith('kb:'), node
	assert node['@id'] not in types, ('two of one name', node)
	types[node['@id']] = kind
	for key in MUST.get(kind, ()):
		assert node.get(key) not in (None, []), (key, 'is missing', node)
	for key, values in node.items():
		if key[0] == '@':
			continue
		assert key in shape, (key, 'is no property of', kind)
		assert isinstance(values, list) <= (key in ONCE), (key, node)
		for value in values if isinstance(values, list) else [values]:
			if isinstance(value, dict) and '@id' in value and '@type' in value:
				walk(value, types)
				assert value['@type'] in (shape[key] or FACETS), (key, value)
			elif isinstance(shape[key], list):
				assert set(value) == {'@id'}, (key, value)
			else:
				check_literal(shape[key], value, node)


def follow(node, types):
	for key, values in node.items():
		for value in values if isinstance(values, list) else [values]:
			if isinstance(value, dict) and set(value) == {'@id'}:
				assert types.get(value['@id']) in SHAPES[node['@type']][key], (key, 'leads astray', value)


def check_case(document, case):
	assert set(document) == {'@context', '@graph'}
	types = {}
	prefixes = set(document['@context'])
	for node in document['@graph']:
		walk(node, types)
	assert {name.split(':')[0] for name in re.findall(r'"([a-z-]+:[A-Za-z-]+)"', json.dumps(document['@graph']))} <= prefixes | {'level', 'stage', 'time'}
	for node in document['@graph']:
		follow(node, types)
	def facets(node, kind):
		return [f for f in node.get('uco-core:hasFacet', []) if f['@type'] == kind]
	files = [n for n in document['@graph'] if n['@type'] == 'uco-observable:File']
	ids = [r['uco-core:externalIdentifier'] for n in files for r in n['uco-core:externalReference'] if r['uco-core:definingContext'] == 'postmortem-finding']
	assert sorted(ids) == sorted(row[0] for row in case.execute('SELECT finding FROM v_findings')), 'not every finding is there'
	paths = {f['uco-observable:filePath'] for n in files for f in facets(n, 'uco-observable:FileFacet')}
	assert paths == {row[0] for row in case.execute('SELECT path FROM v_findings WHERE path IS NOT NULL')}
	listed = [o['@id'] for n in document['@graph'] if n['@type'] == 'case-investigation:ProvenanceRecord'
		  for o in ([n['uco-core:object']] if isinstance(n['uco-core:object'], dict) else n['uco-core:object'])]
	assert {n['@id'] for n in files} <= set(listed), 'a finding without provenance'
	images = [n for n in document['@graph'] if n['@type'] == 'uco-observable:Image']
	assert len(images) == case.execute('SELECT count(*) FROM v_evidence').fetchone()[0]
	hashes = {h['uco-types:hashValue']['@value'] for n in images for f in facets(n, 'uco-observable:ContentDataFacet') for h in f.get('uco-observable:hash', [])}
	assert hashes == {row[0] for row in case.execute('SELECT sha256 FROM v_evidence WHERE sha256 IS NOT NULL UNION SELECT md5 FROM v_evidence WHERE md5 IS NOT NULL UNION SELECT sha1 FROM v_evidence WHERE sha1 IS NOT NULL')}


what, path, case = sys.argv[1:]
document = json.load(open(path, encoding='utf-8'))
{'stix': check_stix, 'case': check_case}[what](document, sqlite3.connect(f'file:{case}?mode=ro', uri=True))
