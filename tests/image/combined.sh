#!/bin/bash
# combined.sh - what hides content and what damages evidence, two and three at a time; and one hostile image among fifty.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need python3
recovery=471207-278498-422125-177177-561902-537405-468006-693451
web=/inetpub/wwwroot/aspnet_client

cat >"$work/body.part" <<'END'
set web "inetpub\wwwroot\aspnet_client"
time 2021-03-01T10:00:00.0000001Z
file "$(web)\lzx.aspx" = shell jscript password=lzx
append "$(web)\lzx.aspx" = words 60000
compact "$(web)\lzx.aspx" algorithm=lzx
link "$(web)\linked.aspx" "$(web)\lzx.aspx"
file "$(web)\xpress.aspx" = words 50000
append "$(web)\xpress.aspx" = shell jscript password=xpress
compact "$(web)\xpress.aspx" algorithm=xpress8k
file "$(web)\TWIN.aspx" twin = shell jscript password=twin
append "$(web)\TWIN.aspx" = words 9000
compact "$(web)\TWIN.aspx" algorithm=xpress4k nonresident
file "$(web)\twin.aspx" twin = text "the other one"
file "$(web)\efs.aspx" nonresident = random 9000
stream "$(web)\efs.aspx" plain = shell jscript password=efs
encrypt "$(web)\efs.aspx"
file "$(web)\torn.aspx" = shell jscript password=torn
link "$(web)\torn-too.aspx" "$(web)\torn.aspx"
tear "$(web)\torn.aspx"
file "$(web)\gone\lznt1.aspx" compressed = shell jscript password=lznt1
append "$(web)\gone\lznt1.aspx" = words 90000
file "$(web)\gone\wof.aspx" = shell jscript password=gone
append "$(web)\gone\wof.aspx" = words 20000
compact "$(web)\gone\wof.aspx" algorithm=xpress4k nonresident
stream "$(web)\gone" folder.aspx = shell jscript password=folder
delete "$(web)\gone\lznt1.aspx"
delete "$(web)\gone\wof.aspx"
delete "$(web)\gone"
END
make() { # NAME LINE... [-- OPTION...]
	name=$1
	shift
	printf 'seed 5\n' >"$work/$name.scenario"
	for line in "$@"; do printf '%s\n' "$line"; done >>"$work/$name.scenario"
	"$forge_program" "$work/$name.scenario" -o "$work/$name.${format:-raw}" ${options:-} >/dev/null 2>"$work/stderr" ||
		{ bad "forging $name"; cat "$work/stderr"; }
}
# Findings with all that they say of a file, but for where the volume lies; what is deleted only where it is asked for.
findings() {
	ask "$1" "SELECT path, stream, rule, level, offset, length, basis, sha256 FROM v_findings
		WHERE path NOT LIKE '${2:-nothing}' ORDER BY 1, 2, 3, 5"
}
as_plain() { # CASE [BUT]
	findings plain "${2:-}" >"$work/plain.findings"
	findings "$1" "${2:-}" >"$work/$1.findings"
	[ -s "$work/plain.findings" ] || bad 'nothing to compare with'
	same "$1 as on the plain disk" "$work/plain.findings" "$work/$1.findings"
}

# ---- the same files on a plain disk, under BitLocker, on 4 KiB sectors with 4 KiB records, in a gap of the table ----
volume='volume v size=48M letter=C'
make plain 'disk mbr' "$volume" 'include body.part'
triage plain 3 "$work/plain.raw"
for file in lzx xpress TWIN gone/lznt1 gone/wof torn; do
	expect "the shell in $file" plain "SELECT max(level = 'critical') FROM v_findings WHERE path = '$web/$file.aspx' AND stream = ''" 1
done
expect 'the shell beside ciphertext' plain "SELECT max(level = 'critical') FROM v_findings WHERE path = '$web/efs.aspx' AND stream = 'plain'" 1
expect 'and ciphertext is none' plain "SELECT count(*) FROM v_findings WHERE path = '$web/efs.aspx' AND stream = '' AND rule LIKE 'webshell%'" 0
expect 'the stream of a deleted folder' plain "SELECT max(level = 'critical') FROM v_findings WHERE path = '$web/gone' AND stream = 'folder.aspx'" 1
expect 'both names of a torn record are marked' plain "SELECT count(*) FROM v_files WHERE path LIKE '$web/torn%' AND flags & 16" 2
expect 'two names of one packed file have one hash' plain "SELECT count(*) || ' ' || count(DISTINCT sha256) FROM v_files WHERE path IN ('$web/lzx.aspx', '$web/linked.aspx') AND stream = ''" '2 1'
make locked 'disk mbr' "$volume bitlocker=xts-256 layout=seven tpm=yes recovery=$recovery" 'include body.part'
triage shut 3 "$work/locked.raw"
expect 'shut, nothing is found and that is said' shut "SELECT (SELECT count(*) FROM v_findings) || ' ' || count(*) FROM v_limitations WHERE what LIKE 'encrypted: not examined%'" '0 1'
expect 'and nothing is called absent without a word' shut "SELECT count(*) FROM v_coverage WHERE state = 'absent' AND reason IS NULL" 0
triage locked 3 --credential recovery:$recovery "$work/locked.raw"
as_plain locked "$web/gone%" # the clusters of BitLocker's metadata may have been theirs
make sectors 'disk gpt sector=4096' "$volume record=4096" 'include body.part'
triage sectors 3 "$work/sectors.raw"
as_plain sectors "$web/torn%" # of a larger record another sector is torn
format=E01 make container 'disk gpt sector=4096' "$volume record=4096" 'include body.part'
triage container 3 "$work/container.E01"
expect 'an E01 says how large its sectors are' container "SELECT sector_size FROM v_evidence" 4096
ask sectors 'SELECT path, stream, rule, level, offset, basis, sha256, finding FROM v_findings ORDER BY 8' >"$work/bare"
ask container 'SELECT path, stream, rule, level, offset, basis, sha256, finding FROM v_findings ORDER BY 8' >"$work/held"
same 'the same in an E01 of such sectors' "$work/bare" "$work/held"
make gap 'disk mbr' 'partition fat32 size=2M' "$volume" 'include body.part'
printf '\0%.0s' $(seq 16) | dd of="$work/gap.raw" bs=1 seek=462 conv=notrunc status=none
triage gap 3 "$work/gap.raw"
as_plain gap
expect 'that no table lists it' gap "SELECT count(*) FROM v_limitations WHERE what LIKE 'a volume that no partition table lists: NTFS%'" 1

# ---- a flipped bit beneath the chunk table of a packed file; a lost part beneath packed files ----
format=E01 options='--compress none' make chunk 'disk mbr' "$volume" 'include body.part'
if command -v icat >/dev/null; then
	ask plain "SELECT mft || '-128-' || (attribute & 65535) FROM v_files WHERE path = '$web/xpress.aspx' AND stream = 'WofCompressedData'" >"$work/place"
	icat -o 2048 "$work/plain.raw" "$(cat "$work/place")" >"$work/packed"
	python3 - "$work/chunk.E01" "$work/packed" <<-'END'
		import sys
		disk, packed = bytearray(open(sys.argv[1], 'rb').read()), open(sys.argv[2], 'rb').read()
		at = disk.find(packed[:200])
		assert at > 0 and disk.find(packed[:200], at + 1) < 0
		disk[at + 1] ^= 1
		open(sys.argv[1], 'wb').write(disk)
	END
	triage chunk 3 "$work/chunk.E01"
	expect 'one chunk is bad' chunk "SELECT bad_chunks FROM v_evidence" 1
	expect 'what its table is about reads as zeros' chunk "SELECT group_concat(offset) FROM (SELECT offset FROM v_limitations WHERE path = '$web/xpress.aspx' AND what LIKE '%reads as zeros%' ORDER BY 1)" '0,8192'
	expect 'the file has no hash' chunk "SELECT coalesce(sha256, 'none') || ' ' || trust FROM v_files WHERE path = '$web/xpress.aspx' AND stream = ''" 'none unverified, damaged'
	expect 'the shell behind is found and doubted' chunk "SELECT max(level = 'critical') || min(basis LIKE '%damaged or unverified%') FROM v_findings WHERE path = '$web/xpress.aspx' AND stream = ''" 11
	(cd "$work" && split -b 1M -d -a 3 --numeric-suffixes=1 plain.raw plain.)
	part=$(python3 -c "import sys; print('%03d' % ((open(sys.argv[1], 'rb').read().find(open(sys.argv[2], 'rb').read()[:200]) >> 20) + 1))" "$work/plain.raw" "$work/packed")
	rm "$work/plain.$part"
	triage lost 3 "$work/plain.001"
	expect 'a lost part is named' lost "SELECT count(*) FROM v_limitations WHERE what LIKE '%a part of the split set is missing%'" 1
	expect 'packed bytes that are missing are no zeros' lost "SELECT count(*) || ' ' || count(sha256) FROM v_files WHERE path = '$web/xpress.aspx' AND stream = ''" '1 0'
	expect 'and are said to be missing' lost "SELECT count(*) > 0 FROM v_limitations WHERE path = '$web/xpress.aspx' AND (what LIKE '%not in the image%' OR what LIKE '%no hash is given%' OR what LIKE '%cannot be%')" 1
	rm "$work"/plain.[0-9]*
fi

# ---- two volumes, and what becomes of the one when the other is damaged ----
cat >"$work/second.part" <<'END'
use a
file "inetpub\wwwroot\aspnet_client\first.aspx" = shell jscript password=a
use b
include body.part
END
make two 'disk gpt' 'volume a size=24M letter=D label=A' 'volume b size=48M letter=C label=B' 'include second.part'
triage two 3 "$work/two.raw"
for damage in wiped records; do
	python3 - "$work/two.raw" "$work/x.raw" $damage <<-'END'
		import random, struct, sys
		disk = bytearray(open(sys.argv[1], 'rb').read())
		at = next(at for at in range(0, len(disk), 4096) if disk[at + 3:at + 11] == b'NTFS    ')
		place = lambda field: at + struct.unpack_from('<Q', disk, at + field)[0] * 4096
		end, mft, mirror = at + struct.unpack_from('<Q', disk, at + 40)[0] * 512, place(48), place(56)
		if sys.argv[3] == 'wiped':
		    for first, n in ((at, 8192), (end, 512), (mft, 1 << 20), (mirror, 4096)):
		        disk[first:first + n] = bytes(n)
		else:
		    disk[mft:mft + 65536] = random.Random(1).randbytes(65536)
		open(sys.argv[2], 'wb').write(disk)
	END
	triage $damage 3 "$work/x.raw"
	for case_name in two $damage; do
		ask $case_name "SELECT path, stream, rule, level, offset, basis, sha256, finding FROM v_findings
			WHERE volume = (SELECT max(volume) FROM v_volumes) ORDER BY 1, 2, 3, 5" >"$work/second.$case_name"
	done
	cut -d'|' -f1-7 "$work/second.two" >"$work/second.all" && cut -d'|' -f1-7 "$work/second.$damage" >"$work/second.now"
	same "the second volume beside one that is $damage" "$work/second.all" "$work/second.now"
	expect "what was not found is not called absent: $damage" $damage "SELECT count(*) FROM v_coverage WHERE state = 'absent' AND reason IS NULL AND path NOT LIKE 'volume 2:%'" 0
done
expect 'the wiped one is named' wiped "SELECT state || ' ' || (SELECT count(*) FROM v_limitations l WHERE l.volume = v.volume) FROM v_volumes v ORDER BY volume LIMIT 1" 'skipped 1'
expect 'the records of the other are counted' records "SELECT state || ' ' || (lost > 50) FROM v_coverage WHERE path = 'volume 1: /\$MFT'" 'partly 1'

# ---- fifty images in one run, of which one kills those who read it: the others are as they are alone ----
cat >"$work/small.scenario" <<'END'
disk bare
time 2021-03-01T10:00:00.0000001Z
volume v size=2M letter=C
file "inetpub\wwwroot\aspnet_client\up.aspx" = shell jscript password=$(N)
END
sanitized=0
! ldd "$postmortem" | grep -q asan && ! nm "$postmortem" 2>/dev/null | grep -q __asan_init || sanitized=1
if [ $sanitized = 0 ] && ${CC:-cc} -shared -fPIC -O1 -o "$work/shim.so" "$top/tests/shim.c" -ldl 2>/dev/null; then
	mkdir "$work/fifty" "$work/alone"
	for i in $(seq -w 1 50); do
		[ "$i" = 25 ] && trigger=shim:crash || trigger=p$i
		"$forge_program" "$work/small.scenario" --seed "$((100 + 10#$i))" --set "N=$trigger" -o "$work/fifty/disk$i.raw" >/dev/null 2>&1 || bad "forging disk$i"
	done
	export LD_PRELOAD=$work/shim.so
	triage together 3 --no-control "$work"/fifty/*.raw
	for image in "$work"/fifty/*.raw; do
		name=$(basename "$image" .raw)
		"$postmortem" triage -q --no-control -c "$work/alone/$name" "$image" >/dev/null 2>&1
	done
	unset LD_PRELOAD
	run 0,3 merge -c "$work/merged" "$work"/alone/*
	same 'fifty at once or one by one' "$work/merged/case.db" "$work/together/case.db"
	expect 'which of them it was' together "SELECT group_concat(e.name || ' ' || l.path) FROM v_limitations l JOIN v_evidence e USING (evidence) WHERE l.what LIKE 'set aside%'" "disk25.raw $web/up.aspx"
	expect 'nobody else lost anything' together "SELECT count(DISTINCT evidence) || ' ' || min(n) FROM (SELECT evidence, count(*) AS n FROM v_findings WHERE level = 'critical' GROUP BY evidence)" '49 3'
else
	echo 'a sanitizer is built in, or no compiler is here: the hostile one of fifty is not tried'
fi
finish
