#!/bin/sh
# goldens.sh - every fixture of a reader gives the facts that stand beside it in .expected; adding one needs no code.
set -u
fixtures=${POSTMORTEM_FIXTURES:-fixtures}
replay=${REPLAY:-tests/replay}
[ -x "$replay" ] || exit 77
bad=0 n=0
for reader in content evtx $(cd "$fixtures" && echo logs/*); do
	for expected in "$fixtures/$reader"/*.expected; do
		[ -f "$expected" ] || continue
		n=$((n + 1))
		"$replay" "$reader" "${expected%.expected}" | diff -u "$expected" - || { bad=1; echo "goldens: ${expected%.expected}"; }
	done
done
echo "$n goldens"
[ $n -gt 0 ] || exit 1
exit $bad
