#!/bin/bash
# damage.sh - one disk, damaged in every way by itself: what is lost is only what is damaged, and a row says so.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need python3

{
	cat <<'END'
seed 26
disk gpt
time 2021-03-01T10:00:00.0000001Z
tick 1s 9s
partition msr size=2M name="Microsoft reserved partition"
volume data size=24M label=Data letter=C serial=0x1122334455667788 $(GEOMETRY)
dir inetpub\wwwroot\aspnet_client\system_web
file inetpub\wwwroot\aspnet_client\system_web\shell.aspx = shell oab password=orange
file inetpub\wwwroot\aspnet_client\resident.aspx = shell sportsball
file big\one.bin fragments=5 = random 300000
END
	for i in $(seq 1 300); do echo "file many\\file-$i.txt nonresident = text \"the content of file $i\""; done
	echo 'stream many\file-7.txt hidden nonresident = text "a named stream"'
} >"$work/template"

# disk NAME [GEOMETRY [DISK]]: the same files on another geometry
disk() {
	sed "s/\$(GEOMETRY)/${2:-}/; s/^disk gpt/disk ${3:-gpt}/; s/size=24M/size=${4:-24M}/" "$work/template" >"$work/$1.scenario"
	"$forge_program" "$work/$1.scenario" -o "$work/$1.raw" >/dev/null 2>"$work/stderr" || bad "forging $1: $(cat "$work/stderr")"
}

# Every name of every stream, with what it holds.
listing() { sqlite3 "$work/$1/case.db" 'SELECT path, stream, mft, seq, allocated, bytes, sha256 FROM v_files'; }
names() { sed -E 's/\|[^|]*\|[^|]*\|[^|]*$//' | sort -u; }
last_names() { sed 's/|.*//; s#.*/##' | sort -u | tr '\n' ' ' | sed 's/ $//'; }
findings() { sqlite3 "$work/$1/case.db" 'SELECT path, rule FROM v_findings WHERE mft > 15' | sort; }
said() { sqlite3 "$work/$1/case.db" "SELECT path || ' ' || coalesce(offset, '') || ' ' || what || ' x' || count FROM v_limitations"; }

# examine NAME STATUS IMAGE
examine() {
	rm -rf "${work:?}/$1"
	triage "$1" "$2" --files all --content all "$3"
	listing "$1" | sort >"$work/$1.list"
	said "$1" >"$work/$1.said"
}

# expect WHAT NAME 'LOST NAMES' 'OTHER CONTENT' [REGEX]...: held against the undamaged disk; names and content that are
# not said to be lost must be there, nothing may be there that was not, and each REGEX must match a limitation.
expect() {
	what=$1 case_name=$2 lost=$3 changed=$4
	shift 4
	names <"$work/base.list" >"$work/base.names"
	names <"$work/$case_name.list" >"$work/now.names"
	got=$(comm -23 "$work/base.names" "$work/now.names" | last_names)
	[ "$got" = "$lost" ] && ok || bad "$what: these names are lost: '$got', expected '$lost'"
	got=$(comm -13 "$work/base.names" "$work/now.names" | last_names)
	[ -z "$got" ] && ok || bad "$what: these names were never there: '$got'"
	got=$(comm -23 "$work/base.list" "$work/$case_name.list" | last_names)
	[ "$got" = "$changed" ] && ok || bad "$what: this reads otherwise: '$got', expected '$changed'"
	for regex in "$@"; do
		grep -qE -- "$regex" "$work/$case_name.said" && ok || bad "$what: not said: $regex; but: $(head -5 "$work/$case_name.said")"
	done
}

# damage KIND STATUS 'LOST NAMES' 'OTHER CONTENT' [REGEX]...
damage() {
	kind=$1 status_wanted=$2
	shift 2
	python3 "$here/mutate.py" "$kind" "$work/base.raw" "$work/x.raw" || { bad "mutate.py $kind"; return; }
	examine x "$status_wanted" "$work/x.raw"
	expect "$kind" x "$@"
	[ "$(findings x)" = "$shells" ] && ok || bad "$kind: other findings than on the undamaged disk"
}

disk base
examine base 0 "$work/base.raw"
shells=$(findings base)
[ -n "$shells" ] && [ "$(wc -l <"$work/base.list")" -gt 330 ] && ok || bad 'the undamaged disk shows too little'
if command -v fls >/dev/null; then # another reader agrees on what was there
	fls -o 6144 -r -p -u "$work/base.raw" | sed -n 's/^r.*:\t//p' | grep -v ':' | sort >"$work/theirs"
	grep -v '^/\$' "$work/base.list" | grep '||' | sed 's/|.*//; s#^/##' | sort -u >"$work/ours"
	missing=$(grep -v '^\$' "$work/theirs" | comm -23 - "$work/ours" | head -3)
	[ -z "$missing" ] && ok || bad "fls lists what we do not: $missing"
fi

# ---- boot sectors ----
copy='copy of the boot sector is used'
geometry='no boot sector leads to the .MFT: the geometry of the volume was worked out'
damage boot-zero 3 '' '$Boot' "$copy" 'the boot sector is damaged; its copy says'
damage boot-backup-zero 0 '' ''
damage boots-zero 3 '' '$Boot' "$geometry" 'records of an .MFT say that this is NTFS'
damage boots-and-record-0 3 '$MFT' '$Boot $MFT' "$geometry" 'its copy in .MFTMirr is used'
damage boots-and-mirror 3 '' '$Boot $MFTMirr' "$geometry"
damage boot-cluster-size 3 '' '$Boot' "$copy"
damage boot-sector-size 3 '' '$Boot' "$copy" 'impossible sector size'
damage boot-record-size 3 '' '$Boot' "$copy"
damage boot-mft-elsewhere 3 '' '$Boot' 'its copy in .MFTMirr is used'
damage boot-too-long 3 '' '$Boot' 'the volume is longer than what is here of it'
damage boot-foreign-name 3 '' '$Boot' 'another name than that of NTFS'
damage boot-no-mark 3 '' '$Boot' "$copy"
damage partition-too-long 3 '' '$Boot' "$geometry"
damage partition-too-short 3 '' '' 'is shorter than the NTFS volume in it'

# ---- the $MFT ----
search='the volume was searched for its records, and [0-9]+ were found'
damage record-0-zero 3 '$MFT' '$MFT' 'its copy in .MFTMirr is used'
damage record-0-torn 3 '' '$MFT' 'torn record'
damage record-0-and-mirror 3 '$MFT' '$MFT $MFTMirr' 'record 0 of the .MFT and its copy are lost' "$search"
damage mft-runs-elsewhere 3 '' '$MFT' 'its copy in .MFTMirr is used'
damage mft-runs-elsewhere-both 3 '' '$MFT $MFTMirr' "$search"
damage mft-runs-cut 3 '' '$MFT $MFTMirr' "$search" 'the runs end before the stream does'
damage mft-size-small 3 '' '$MFT $MFTMirr' 'longer than its size says'
damage mft-size-huge 3 '' '$MFT $MFTMirr' 'claims to be larger than its volume'
damage mft-scattered 0 '' '$MFT $MFTMirr'
damage mft-scattered-lost 3 '$MFT' '$MFT $MFTMirr' "$search"
damage mft-scattered-stale 3 '$MFT' '$MFT $MFTMirr' "$search" '341 times a record was found in two places'
damage mft-record-zero 3 'file-100.txt' '$MFT file-100.txt' 'the record is empty, but the bitmap of the .MFT has it in use'
damage mft-record-torn 3 '' '$MFT' 'torn record'

# ---- partition tables ----
unlisted='a volume that no partition table lists: NTFS'
damage gpt-primary-zero 3 '' '' 'its copy at the end of the media was used'
damage gpt-primary-checksum 3 '' '' 'its copy at the end of the media was used'
damage gpt-entries-checksum 3 '' '' 'its copy at the end of the media was used'
damage gpt-both-checksums 3 '' '' 'the checksums of the GPT do not fit'
damage gpt-both-zero 3 '' '' 'announces a GPT that is not there' "$unlisted"
damage gpt-entry-deleted 3 '' '' "$unlisted"
damage gpt-entry-deleted-boot-zero 3 '' '$Boot' "$unlisted" "$copy"
damage gpt-entry-deleted-boots-zero 3 '' '$Boot' "$unlisted" "$geometry"
damage gpt-overlap 3 '' '' 'a partition begins within this volume'
damage gpt-behind-the-end 3 '' '' 'partition 2 would begin behind the end of the image'
damage gpt-hybrid 0 '' ''
damage gpt-hybrid-alone 3 '' '' 'announces a GPT that is not there'
damage dos-ebr-loop 3 '' '' 'the chain of extended partitions goes round'
damage dos-ebr-zero 3 '' '' "$unlisted" 'the chain of extended partitions breaks off'
damage table-zero 3 '' '' 'no partition table is left' "$unlisted"
damage table-and-boot-zero 3 '' '$Boot' "$unlisted" "$copy"
damage table-and-boots-zero 3 '' '$Boot' "$unlisted" "$geometry"
damage table-zero-cylinder 3 '' '' "$unlisted"
damage table-zero-far 3 '' '' "$unlisted"
damage bare 0 '' ''
damage bare-boots-zero 3 '' '$Boot' "$geometry"
damage cut-in-the-volume 3 '' '' 'reaches [0-9]+ bytes behind the end of the image' 'the volume is longer than what is here'

# ---- behind the last cluster ----
python3 "$here/mutate.py" slack "$work/base.raw" "$work/x.raw"
examine x 0 "$work/x.raw"
expect slack x '' ''
count=$(sqlite3 "$work/x/case.db" "SELECT count(*) FROM v_findings WHERE path = '/[volume slack]' AND mft IS NULL AND level IN ('low','medium') AND basis LIKE '%in no file%'")
[ "$count" -gt 3 ] && ok || bad "a shell behind the last cluster: $count findings"
[ "$(sqlite3 "$work/x/case.db" "SELECT state || bytes FROM v_coverage WHERE source = 'slack'")" = "read$((64 * 1024 + 4096))" ] && ok ||
	bad 'the slack of the volume is not covered'
if command -v img_cat >/dev/null; then
	reproduce=$(sqlite3 "$work/x/case.db" "SELECT reproduce FROM v_findings WHERE path = '/[volume slack]' AND length > 0 LIMIT 1")
	length=$(sqlite3 "$work/x/case.db" "SELECT length FROM v_findings WHERE path = '/[volume slack]' AND length > 0 LIMIT 1")
	[ "$(cd "$work" && eval "${reproduce%% | xxd*}" | grep -acE 'eval|script|Page_Load|runat|http')" -gt 0 ] && [ "$length" -gt 0 ] && ok ||
		bad "this does not show the bytes of a finding in the slack: $reproduce"
fi

# ---- run lists and sizes ----
file=/many/file-100.txt
damage run-behind-the-end 3 '' '$MFT file-100.txt' "$file .*a run lies outside the volume"
damage run-negative 3 '' '$MFT file-100.txt' "$file .*the mapping pairs break off"
damage run-on-boot 3 '' '$MFT file-100.txt' "$file .*a run overlaps the boot sectors"
damage run-eight-bytes 0 '' '$MFT'
damage run-eight-bytes-far 3 '' '$MFT file-100.txt' "$file .*a run lies outside the volume"
damage run-endless 3 '' '$MFT file-100.txt' "$file .*the runs add up to more than any volume holds"
damage run-no-end 3 '' '$MFT file-100.txt' "$file .*the mapping pairs break off"
damage run-too-short 3 '' '$MFT one.bin' '/big/one.bin .*the runs end before the stream does'
damage hole-beyond-the-volume 0 '' '$MFT file-100.txt'
damage size-negative 3 '' '$MFT file-100.txt' '/.MFT .*an attribute states an impossible size'
damage size-2-to-42 3 '' '$MFT file-100.txt' "$file .*the runs end before the stream does"

# ---- other geometries: the same files, and the same when the boot sectors, or record 0 and its copy, are gone ----
relist() { sed -E 's/^([^|]*\|[^|]*)\|[^|]*\|[^|]*\|(.*)$/\1|\2/' | grep -vE '^/\$'; }
relist <"$work/base.list" >"$work/plain.list"
geometry() { # NAME GEOMETRY DISK SIZE KIND...
	geometry_name=$1
	disk "$1" "$2" "$3" "$4"
	shift 4
	for kind in none "$@"; do
		case $kind in
		none) ln -f "$work/$geometry_name.raw" "$work/x.raw" && wanted=0,3 ;;
		*) rm "$work/x.raw" && python3 "$here/mutate.py" "$kind" "$work/$geometry_name.raw" "$work/x.raw" && wanted=3 ;;
		esac
		examine x $wanted "$work/x.raw"
		relist <"$work/x.list" | diff -q - "$work/plain.list" >/dev/null && ok || bad "$geometry_name $kind: other files than with clusters of 4 KiB"
	done
	rm "$work/$geometry_name.raw" "$work/x.raw"
}
geometry clusters-of-512 cluster=512 gpt 24M boots-zero record-0-and-mirror
geometry clusters-of-128k cluster=131072 gpt 64M boots-zero record-0-and-mirror
geometry clusters-of-2m cluster=2097152 gpt 1G
geometry records-of-4k record=4096 gpt 24M boots-zero record-0-and-mirror
geometry sectors-of-4k '' 'gpt sector=4096' 24M boot-zero boots-zero
geometry dos '' mbr 24M boot-zero

# ---- sectors that cannot be read ----
if ${CC:-cc} -shared -fPIC -o "$work/badsec.so" "$here/badsec.c" -ldl 2>/dev/null; then
	# unreadable SECTORS 'LOST NAMES' 'OTHER CONTENT' [REGEX]...
	unreadable() {
		sectors=$1
		shift
		export BADSEC=base.raw:$sectors LD_PRELOAD=$work/badsec.so ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
		examine x 3 "$work/base.raw"
		unset BADSEC LD_PRELOAD ASAN_OPTIONS
		expect "sectors $sectors unreadable" x "$@"
	}
	record() { sqlite3 "$work/base/case.db" "SELECT mft FROM v_files WHERE path = '$1'"; }
	mft=$((6144 + 32)) # sectors: the volume's place, and cluster 4
	at=$((mft + $(record /many/file-100.txt) * 2))
	unreadable $at 'file-100.txt' '$MFT file-100.txt' "sectors $at to $at\): the medium of the image cannot be read here" \
		'the record is not there, or not all of it'
	unreadable $((at + 1)) '' '$MFT' "sectors $((at + 1)) to $((at + 1))\)"
	unreadable 1 '' '' 'sectors 1 to 1' 'its copy at the end of the media was used'
	unreadable 0 '' '' 'sectors 0 to 0'
	unreadable 6144 '' '$Boot' 'sectors 6144 to 6144' "$copy"
	unreadable $mft '$MFT' '$MFT' "sectors $mft to $mft\)" 'its copy in .MFTMirr is used'
else
	echo 'no compiler here: unreadable sectors are not tried'
fi

# ---- parts of a split set ----
split() { # 'LOST' 'OTHER' REGEX...: of 7 parts of 4 MiB, as they lie in $work/s
	examine x 3 "$work/s/base.001"
	expect 'a split set' x "$@"
}
mkdir "$work/s"
(cd "$work/s" && command split -b 4M -d -a 3 --numeric-suffixes=1 ../base.raw base.)
mv "$work/s/base.006" "$work/part"
inside=$(python3 "$here/mutate.py" touching "$work/base.raw" $((5 << 22)) $((6 << 22)))
split '' "$inside" 'sectors 40960 to 49151\): a part of the split set is missing' '/many/file-300.txt .*no hash is given'
truncate -s 2000000 "$work/s/base.006"
dd if="$work/part" of="$work/s/base.006" bs=2000000 count=1 conv=notrunc status=none
inside=$(python3 "$here/mutate.py" touching "$work/base.raw" $(((5 << 22) + 2000000)) $((6 << 22)))
split '' "$inside" 'a part of the split set is shorter than the others' 'base.006 is not as large as the other parts'
mv "$work/part" "$work/s/base.006"
rm "$work/s/base.007"
split '' '' 'reaches [0-9]+ bytes behind the end of the image'

# ---- containers that are not read are named, and never taken for the disk itself ----
foreign() { # NAME BYTES REGEX
	{ printf "$2"; head -c 1000000 "$work/base.raw" | tail -c +513; } >"$work/$1"
	run 1 info "$work/$1"
	grep -qE "$3" "$work/stderr" && ok || bad "$1 is not named: $(cat "$work/stderr")"
}
foreign disk.vhdx 'vhdxfile' 'VHDX'
foreign disk.vmdk 'KDMV' 'VMDK'
foreign disk.qcow2 'QFI\373' 'QCOW'
foreign disk.aff 'AFF10\r\n\0' 'AFF'
foreign disk.L01 'LVF\t\r\n\377\0' 'L01'
foreign disk.Ex01 'EVF2\r\n\201\0' 'Ex01'
finish
