// shacl.mjs - a CASE graph as RDF, held against SHACL shapes by rdf-validate-shacl. Usage: shacl.mjs FILE SHAPES.ttl...
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
const require = createRequire(pathToFileURL(process.env.NODE_FOLDER + '/'));
const jsonld = require('jsonld'), n3 = require('n3');
const load = async (name) => (await import(pathToFileURL(require.resolve(name)))).default;
const Validator = await load('rdf-validate-shacl');
const [file, ...shapes] = process.argv.slice(2);
const quads = await jsonld.toRDF(JSON.parse(readFileSync(file, 'utf8')), { format: 'application/n-quads', documentLoader: () => { throw new Error('nothing is fetched'); } });
const data = new n3.Store(new n3.Parser({ format: 'N-Quads' }).parse(quads));
const rules = new n3.Store(shapes.flatMap((path) => new n3.Parser().parse(readFileSync(path, 'utf8'))));
const report = await new Validator(rules).validate(data);
const violations = report.results.filter((r) => r.severity?.value.endsWith('Violation'));
for (const r of violations.slice(0, 5))
	console.log(r.focusNode?.value, r.path?.value, r.sourceConstraintComponent?.value, r.value?.value, r.message.map((m) => m.value).join(' '));
console.log(`${data.size} triples, ${violations.length} violations`);
process.exit(violations.length ? 1 : data.size > 100 ? 0 : 2);
