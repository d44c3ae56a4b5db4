#!/bin/bash
# run.sh - every fuzz target for a few seconds, in the build folder, from the seeds in the tree.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
bad=0
for target in tests/fuzz/fuzz_*; do
	[ -x "$target" ] || continue
	name=${target##*/fuzz_}
	mkdir -p "corpus/$name"
	seeds=$top/fixtures/$name
	[ -d "$seeds" ] || seeds=
	if [ "$name" = evtx ]; then
		for scenario in "$seeds"/*.events; do
			tests/evtxls forge "$scenario" "corpus/evtx/$(basename "$scenario")" || bad=1
		done
		seeds=
	fi
	[ "$name" != sigma ] || seeds=$(echo "$top"/profiles/*/sigma) # rules; the fixtures of that name are logs
	"./$target" -max_total_time="${FUZZ_SECONDS:-15}" -max_len=65536 -timeout=10 -rss_limit_mb=1024 -print_final_stats=0 -verbosity=0 \
		"corpus/$name" $seeds >"corpus/$name.log" 2>&1 || { bad=1; echo "fuzz: $name"; tail -40 "corpus/$name.log"; }
	echo "fuzz: $name done"
done
exit $bad
