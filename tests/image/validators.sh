#!/bin/bash
# validators.sh - a CASE export as RDF, held against SHACL shapes by programs from npm; skipped where those cannot be had.
# POSTMORTEM_CASE_SHAPES names a folder with the ontology's own shapes (*.ttl), to be used beside ours.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need node
need npm
mkdir "$work/node"
echo '{ "private": true }' >"$work/node/package.json"
(cd "$work/node" && timeout 120 npm install --no-audit --no-fund --silent rdf-validate-shacl@0.6 n3@1 jsonld@8) >/dev/null 2>&1 ||
	skip 'npm has no rdf-validate-shacl for us'
export NODE_FOLDER=$work/node

forge compromised compromised.E01
triage all 0,3 --verify --exhibit A-1 "$work/compromised.E01"
run 0 export "$work/all" --format case -o "$work/all.case"
shapes=("$top/fixtures/exports/case-shapes.ttl")
[ -z "${POSTMORTEM_CASE_SHAPES:-}" ] || shapes+=("$POSTMORTEM_CASE_SHAPES"/*.ttl)
node "$here/shacl.mjs" "$work/all.case" "${shapes[@]}" >"$work/stdout" 2>&1 && ok || { bad 'the graph breaks shapes'; tail -6 "$work/stdout"; }

# A validator that finds nothing wrong with what is wrong proves nothing.
spoil() { # WHAT SED
	sed "$2" "$work/all.case" >"$work/spoiled.case"
	cmp -s "$work/all.case" "$work/spoiled.case" && bad "$1: nothing was spoiled"
	node "$here/shacl.mjs" "$work/spoiled.case" "${shapes[@]}" >/dev/null 2>&1 && bad "$1 is not found" || ok
}
spoil 'a date that is none' 's/"xsd:dateTime","@value":"20/"xsd:dateTime","@value":"x20/'
spoil 'a number as text' 's/"uco-observable:entryID":{"@type":"xsd:integer"/"uco-observable:entryID":{"@type":"xsd:string"/'
spoil 'a property that UCO does not have' 's/"uco-observable:allocationStatus"/"uco-observable:allocated"/'
spoil 'a record of nothing' 's/"case-investigation:exhibitNumber":"A-1","uco-core:object":\[{[^]]*\]/"case-investigation:exhibitNumber":"A-1","uco-core:object":[]/'
finish
