#!/bin/bash
# case.sh - shards killed at any moment, and cases and exports read by programs that are not ours.
set -euo pipefail
tool=$(pwd)/tests/casetool
[ -x "$tool" ] || { echo "case.sh: tests/casetool is not built"; exit 77; }
for program in sqlite3 python3; do
	command -v $program >/dev/null || exit 77
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$tool" shard whole srv1 20000 >/dev/null
"$tool" shard second srv2 500 >/dev/null
mkdir whole.case
"$tool" merge whole.case whole second
expected=$(sha256sum <whole.case/case.db)

# A worker that is killed at a random moment has every stage that it acknowledged, and the next one goes on from there.
for i in $(seq 50); do
	rm -rf shard* said killed.case
	for try in 1 2; do
		"$tool" shard shard srv1 20000 >>said &
		sleep "0.0$((RANDOM % 40 + 5))"
		kill -9 $! 2>/dev/null || true
		wait $! 2>/dev/null || true
	done
	"$tool" shard shard srv1 20000 >>said
	[ "$(sort said | uniq -d)" = "" ] || { echo "case.sh: run $i did a stage twice"; exit 1; }
	[ "$(wc -l <said)" = 3 ] || [ "$(sqlite3 -readonly shard 'SELECT count(*) FROM stage')" = 3 ]
	mkdir killed.case
	"$tool" merge killed.case second shard
	[ "$(sha256sum <killed.case/case.db)" = "$expected" ] || { echo "case.sh: run $i gave another case"; exit 1; }
done

# A merge that is killed leaves the old case or the new one.
for i in $(seq 20); do
	rm -rf m && mkdir m
	"$tool" merge m second
	before=$(sha256sum <m/case.db)
	"$tool" merge m whole &
	sleep "0.0$((RANDOM % 9))"
	kill -9 $! 2>/dev/null || true
	wait $! 2>/dev/null || true
	after=$(sha256sum <m/case.db)
	[ "$after" = "$before" ] || [ "$after" = "$expected" ] || { echo "case.sh: a killed merge left something half"; exit 1; }
	"$tool" merge m whole
	[ "$(sha256sum <m/case.db)" = "$expected" ]
done

[ "$(sqlite3 -readonly whole.case/case.db 'PRAGMA integrity_check; PRAGMA foreign_key_check')" = ok ]
for view in evidence volumes files timeline findings coverage hours verdict limitations rules; do
	sqlite3 -readonly whole.case/case.db "SELECT count(*) FROM (SELECT * FROM v_$view)" >/dev/null
done

for view in v_files v_timeline v_findings; do
	"$tool" export whole.case csv $view >$view.csv 2>/dev/null
	"$tool" export whole.case jsonl $view >$view.jsonl 2>/dev/null
	rows=$(sqlite3 -readonly whole.case/case.db "SELECT count(*) FROM $view")
	python3 - $view "$rows" <<'PYTHON'
import csv, json, sys
view, rows = sys.argv[1], int(sys.argv[2])
table = list(csv.reader(open(view + '.csv', encoding='utf-8', newline=''), strict=True))
lines = [json.loads(line) for line in open(view + '.jsonl', encoding='utf-8')]
assert len(table) == rows + 1 and len(lines) == rows, (len(table), len(lines), rows)
for row, line in zip(table[1:], lines):
	assert list(line) == table[0] and len(row) == len(line)
	assert not any(cell[:1] in ('=', '+', '-', '@') for cell in row)
	assert all(isinstance(line[k], (int, type(None))) for k in ('mft', 'offset', 'bytes') if k in line)
	for key, cell in zip(table[0], row):
		value = line[key]
		if value is None or isinstance(value, int):
			assert cell == ('' if value is None else str(value))
PYTHON
done

"$tool" export whole.case timesketch >t.csv 2>counts
python3 - <<'PYTHON'
import csv, datetime
for row in csv.DictReader(open('t.csv', encoding='utf-8', newline=''), strict=True):
	when = datetime.datetime.fromisoformat(row['datetime'])
	since = when - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
	assert since // datetime.timedelta(microseconds=1) == int(row['timestamp'])
	assert row['message'] and row['timestamp_desc']
PYTHON

"$tool" export whole.case bodyfile >body 2>counts
[ "$(LC_ALL=C grep -c '[^[:print:][:space:]]' <(LC_ALL=C tr -d '\200-\377' <body))" = 0 ]
[ "$(awk -F'|' 'NF != 11' body | wc -l)" = 0 ]
if command -v mactime >/dev/null; then
	mactime -b body -d -y -z UTC 2021-01-01 >timeline.csv
	sql="SELECT count(DISTINCT si_created || path || stream) FROM v_files WHERE si_created >= '2021-01-01T00:00:00'"
	[ "$(grep -v FILE_NAME timeline.csv | grep -c ',...b,')" = "$(sqlite3 -readonly whole.case/case.db "$sql")" ]
fi
echo "case.sh: ok"
