#!/bin/bash
# safety.sh - the tool against those who lay traps for it: links where it writes, a case that is not one of ours, a profile beside
# the evidence, a disk that can be written to, a disk that is full.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3

cat >"$work/small.scenario" <<'END'
seed 11
disk bare
time 2021-02-28T03:00:00.0000000Z
volume v size=8M label=V letter=C
dir inetpub\wwwroot\aspnet_client
file inetpub\wwwroot\aspnet_client\good.aspx = shell oab password=x
END
"$forge_program" "$work/small.scenario" -o "$work/small.raw" >/dev/null 2>"$work/stderr" || { bad "forging: $(cat "$work/stderr")"; finish; }
triage plain 0,3 "$work/small.raw"

# ---- links in the folders that are written to ----
echo precious >"$work/precious"
mkdir "$work/elsewhere"
untouched() {
	[ "$(cat "$work/precious")" = precious ] && [ -z "$(ls -A "$work/elsewhere")" ] && ok || bad "$1: something was written through a link"
}
for trap in .lock run.jsonl; do
	mkdir "$work/trap$trap"
	ln -s "$work/precious" "$work/trap$trap/$trap"
	triage "trap$trap" 1 "$work/small.raw"
	untouched "$trap"
done
mkdir "$work/trapwork"
ln -s "$work/elsewhere" "$work/trapwork/work"
triage trapwork 1 "$work/small.raw"
untouched 'the folder of shards'
mkdir "$work/trapshard"
(ulimit -f 40 && "$postmortem" triage -q -c "$work/trapshard" "$work/small.raw" 2>/dev/null) # leaves its shard behind
shard=$(echo "$work"/trapshard/work/*/)
for name in shard.db shard.db-journal; do
	rm -f "$shard/$name"
	ln -s "$work/precious" "$shard/$name"
	triage trapshard 1 "$work/small.raw"
	untouched "$name"
	rm "$shard/$name"
	ln "$work/precious" "$shard/$name"
	triage trapshard 1 "$work/small.raw"
	untouched "$name, a hard link"
	rm "$shard/$name"
done
rm -r "$shard"
ln -s "$work/elsewhere" "${shard%/}"
triage trapshard 1 "$work/small.raw"
untouched 'a shard'
mkdir "$work/trapnew"
cp "$work/plain/case.db" "$work/trapnew/"
ln -s "$work/precious" "$work/trapnew/case.db.new"
triage trapnew 0,3 "$work/small.raw"
untouched 'the new case.db'
finding=$(sqlite3 "$work/plain/case.db" "SELECT finding FROM v_findings WHERE sha256 IS NOT NULL ORDER BY finding LIMIT 1")
for name in MANIFEST.sha256 "$finding.bin"; do
	rm -rf "$work/out" && mkdir "$work/out"
	ln -s "$work/precious" "$work/out/$name"
	run 1 extract "$work/plain" "$finding" -o "$work/out"
	untouched "extract, $name"
done

# ---- a case that somebody made for us ----
verbs='status verdict findings timeline coverage files limitations rules evidence volumes suspects'
hostile() { # WHAT SQL
	rm -rf "$work/hostile" "$work/hostile.csv" "$work/hostile.out" && cp -r "$work/plain" "$work/hostile"
	sqlite3 "$work/hostile/case.db" "$2" >/dev/null 2>"$work/stderr" || bad "$1: $(cat "$work/stderr")"
	for verb in status findings timeline; do
		run 1 $verb "$work/hostile"
	done
	run 1 show "$work/hostile" "$finding"
	run 1 extract "$work/hostile" "$finding" -o "$work/hostile.out"
	run 1 export "$work/hostile" --format csv -o "$work/hostile.csv"
	[ ! -e "$work/hostile.csv" ] && [ ! -e "$work/pwned" ] && ok || bad "$1: something was made of it"
	run 0,1,3 merge -c "$work/hostile.merged" "$work/hostile" "$work/plain"
	case $(sqlite3 "$work/hostile.merged/case.db" "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%evil%'") in
	0) ok ;;
	*) bad "$1: it was merged" ;;
	esac
	rm -rf "$work/hostile.merged"
}
hostile 'a trigger' "CREATE TRIGGER evil AFTER INSERT ON limitation BEGIN DELETE FROM finding; END"
hostile 'a view that lies' "DROP VIEW v_findings; CREATE VIEW v_findings AS SELECT 1 AS evil"
hostile 'a virtual table' "CREATE VIRTUAL TABLE evil USING fts5(x)"
hostile 'a generated column' "CREATE TABLE evil (a, b AS (abs(a)))"
hostile 'an index on an expression' "CREATE INDEX evil ON limitation (abs(count))"
hostile 'another application' 'PRAGMA application_id = 1'
hostile 'another version' 'PRAGMA user_version = 12345'
hostile 'a WAL' 'PRAGMA journal_mode = WAL'
cp -r "$work/plain" "$work/torn"
dd if=/dev/urandom of="$work/torn/case.db" bs=1 seek=40000 count=3000 conv=notrunc status=none
for verb in $verbs; do
	"$postmortem" $verb "$work/torn" >/dev/null 2>&1
	[ $? -lt 126 ] && ok || bad "a damaged case ends $verb"
done

# ---- a profile that lies beside the evidence ----
mkdir -p "$work/cwd/profiles" "$work/empty"
cp -r "$top/profiles/hafnium" "$work/cwd/hafnium"
cp -r "$top/profiles/hafnium" "$work/cwd/profiles/hafnium"
cp -r "$top/profiles/hafnium" "$work/cwd/mine"
sed -i 's/^id:.*/id: planted/' "$work/cwd/hafnium/profile.yaml" "$work/cwd/profiles/hafnium/profile.yaml" "$work/cwd/mine/profile.yaml"
cp "$work/small.raw" "$work/cwd/"
(cd "$work/cwd" && "$postmortem" triage -q -c "$work/planted" small.raw 2>"$work/stderr")
grep -q '"profile":"hafnium ' "$work/planted/run.jsonl" && ok || bad 'a profile in the working folder was used'
same 'and the case is as without it' "$work/plain/case.db" "$work/planted/case.db"
(cd "$work/cwd" && "$postmortem" triage -q -p mine -c "$work/planted2" small.raw 2>/dev/null) && bad 'a bare name found a profile in the working folder' || ok

# ---- a disk that can be written to ----
if disk=$(losetup -f --show "$work/small.raw" 2>/dev/null); then
	triage disk1 1,3 "$disk"
	grep -q 'can be written to' "$work/stderr" && ok || bad "a disk that can be written to is not refused: $(cat "$work/stderr")"
	losetup -d "$disk"
	if disk=$(losetup -r -f --show "$work/small.raw" 2>/dev/null); then
		run 0,3 info "$disk"
		triage disk2 0,3 "$disk"
		losetup -d "$disk"
	fi
else
	echo 'no loop devices here: disks are not tried'
fi

# ---- a disk that is full ----
full() { # in a mount namespace of its own
	mount -t tmpfs -o "size=$1" none "$work/mnt" || exit 77
	"$postmortem" triage -q -c "$work/mnt/case" "$work/small.raw" 2>"$work/stderr"
	status=$?
	[ $status = 1 ] && { [ -s "$work/stderr" ] || exit 90; }
	[ $status = 1 ] || { cmp -s "$work/mnt/case/case.db" "$work/plain/case.db" && exit 78; }
	mount -o remount,size=64m "$work/mnt" && "$postmortem" triage -q -c "$work/mnt/case" "$work/small.raw" 2>/dev/null
	cmp -s "$work/mnt/case/case.db" "$work/plain/case.db" || exit 91
	exit 0
}
mkdir "$work/mnt"
export -f full
export postmortem work
if unshare -m true 2>/dev/null; then
	whole=0
	for size in 40k 100k 200k 400k 700k 1000k 1400k 2000k; do
		unshare -m bash -c "full $size"
		case $? in
		0) ok ;;
		78) whole=1 ok ;;
		77) echo 'no tmpfs here: full disks are not tried' && break ;;
		*) bad "a disk of $size: not said, or not made good afterwards" ;;
		esac
	done
else
	echo 'no mount namespaces here: full disks are not tried'
fi
finish
