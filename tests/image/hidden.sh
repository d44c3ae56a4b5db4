#!/bin/bash
# hidden.sh - content behind the filters of Windows and beside the content of files: what is found, what is not taken for
# zeros, and what is said of the rest. Held against The Sleuth Kit, libfsntfs and the same files before they were hidden.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need icat
need fls
need python3

forge hidden hidden.raw
printf 'include hidden.part\n' >"$work/plain.scenario"
cp "$top/fixtures/scenarios/hidden.part" "$work/"
"$forge_program" "$work/plain.scenario" -o "$work/plain.raw" 2>"$work/stderr" || bad "forging plain.raw: $(cat "$work/stderr")"
triage c 3 -j 3 "$work/hidden.raw"
triage d 3 -j 1 "$work/hidden.raw"
same 'one thread or three' "$work/c/case.db" "$work/d/case.db"
web=/inetpub/wwwroot/aspnet_client

ask() { sqlite3 -cmd '.timeout 5000' "$work/c/case.db" "$1"; }
expect() { # WHAT SQL VALUE
	got=$(ask "$2")
	[ "$got" = "$3" ] && ok "$1" || bad "$1: expected '$3', got '$got'"
}
# The entry and attribute number of PATH:STREAM, as icat takes them.
place() { ask "SELECT mft || '-128-' || (attribute & 65535) FROM v_files WHERE path = '$web/$1' AND stream = '${2:-}'"; }
listed() { fls -o 2048 -rp "$1" 2>/dev/null | awk -F'\t' -v path="${web#/}/$2" '$2 == path { split($1, a, " "); sub(/:$/, "", a[2]); print a[2]; exit }'; }
hash_of() { sha256sum | cut -d' ' -f1; }

# ---- compact /exe hides nothing ----
for way in xpress4k xpress8k xpress16k lzx; do
	for file in small-$way.aspx large-$way.aspx stored-$way.bin; do
		icat -o 2048 "$work/plain.raw" "$(listed "$work/plain.raw" $file)" >"$work/plain"
		expect "$file: the hash is that of the plain bytes" "SELECT sha256 || ' ' || bytes || ' ' || packed FROM v_files WHERE path = '$web/$file' AND stream = ''" \
			"$(hash_of <"$work/plain") $(wc -c <"$work/plain") 1"
		[ -z "$(icat -o 2048 "$work/hidden.raw" "$(place $file)" | tr -d '\0')" ] && ok || bad "$file: icat does not show zeros"
		fls -o 2048 -rp "$work/hidden.raw" | grep -q "$file:WofCompressedData$" && ok || bad "$file: fls does not list the packed stream"
		expect "$file: the packed stream is listed and nothing more" "SELECT count(*), count(sha256) FROM v_files WHERE path = '$web/$file' AND stream = 'WofCompressedData'" '1|0'
	done
	for size in small large; do
		finding=$(ask "SELECT finding FROM v_findings WHERE path = '$web/$size-$way.aspx' AND level = 'critical' AND rule = 'webshell_eval_unsafe'")
		icat -o 2048 "$work/plain.raw" "$(listed "$work/plain.raw" $size-$way.aspx)" >"$work/plain"
		run 0 extract "$work/c" "${finding:-none}" -o "$work/out-$size-$way"
		same "$size-$way.aspx extracted" "$work/plain" "$work/out-$size-$way/${finding:-none}.bin"
		run 0 show "$work/c" "${finding:-none}"
		grep -q 'bytes are kept' "$work/stdout" && ok || bad "$size-$way.aspx: show has no bytes"
	done
done
expect 'no finding rests on packed bytes as such' "SELECT count(*) FROM v_findings WHERE stream = 'WofCompressedData' AND path NOT LIKE '%/version.aspx'" 0
expect 'nor is any of those files among the limitations' "SELECT count(*) FROM v_limitations WHERE path LIKE '%/small-%' OR path LIKE '%/large-%' OR path LIKE '%/stored-%'" 0
icat -o 2048 "$work/plain.raw" "$(listed "$work/plain.raw" deleted.aspx)" >"$work/plain"
expect 'a deleted one is read, too' "SELECT sha256 FROM v_files WHERE path = '$web/deleted.aspx' AND stream = '' AND NOT allocated" "$(hash_of <"$work/plain")"

# ---- another implementation unpacks the same; what we say to run shows the same bytes ----
PATH=/usr/bin:$PATH
if python3 -c 'import pyfsntfs' 2>/dev/null; then
	img_cat -s 2048 "$work/hidden.raw" >"$work/volume.ntfs"
	python3 - "$work/volume.ntfs" "$work/c/case.db" >"$work/differ" 2>&1 <<-'END'
		import hashlib, pyfsntfs, sqlite3, sys
		volume = pyfsntfs.volume()
		volume.open(sys.argv[1])
		rows = sqlite3.connect(sys.argv[2]).execute("SELECT mft, path, sha256 FROM v_files WHERE packed AND sha256 IS NOT NULL").fetchall()
		for mft, path, sha256 in rows:
		    entry = volume.get_file_entry(mft)
		    if hashlib.sha256(entry.read_buffer(entry.size)).hexdigest() != sha256:
		        print(path)
		print(len(rows), "compared")
	END
	[ "$(cat "$work/differ")" = '13 compared' ] && ok || bad "libfsntfs: $(cat "$work/differ")"
	which=""
else
	echo 'libfsntfs has no Python bindings here: its opinion was not asked'
	which="AND NOT f.packed"
fi
ask "SELECT n.path || ' ' || n.stream || char(9) || n.excerpt || char(9) || n.reproduce FROM v_findings n JOIN v_files f ON f.mft = n.mft AND f.stream = ''
	WHERE n.rule = 'webshell_eval_unsafe' AND f.sha256 IS NOT NULL $which OR n.stream LIKE '%[%' AND n.rule = 'webshell_eval_unsafe'" >"$work/commands"
while IFS=$'\t' read -r what excerpt command; do
	got=$(cd "$work" && eval "${command%% | xxd*}" 2>/dev/null | tr -d '\0')
	[ -n "$got" ] && [ "${excerpt#"$got"}" != "$excerpt" ] && ok || bad "$what: '$command' shows '$got' and not '$excerpt'"
done <"$work/commands"
[ "$(wc -l <"$work/commands")" -ge 15 ] && ok || bad 'few commands to reproduce'

# ---- damage costs the chunk that it is in ----
for file in chunk.aspx table.aspx; do
	expect "$file: no hash" "SELECT coalesce(sha256, 'none') FROM v_files WHERE path = '$web/$file' AND stream = ''" none
	expect "$file: what stands behind the damage is found" "SELECT count(*) FROM v_findings WHERE path = '$web/$file' AND stream = '' AND rule = 'webshell_eval_unsafe' AND basis LIKE '%damaged or unverified%'" 1
done
expect 'one chunk of 8 KiB' "SELECT group_concat(offset) FROM v_limitations WHERE path = '$web/chunk.aspx' AND what LIKE '%reads as zeros%'" 81920
expect 'two that an entry of the table is about' "SELECT group_concat(offset) FROM (SELECT offset FROM v_limitations WHERE path = '$web/table.aspx' AND what LIKE '%reads as zeros%' ORDER BY offset)" '16384,24576'

# ---- what is not here is not examined, and that is said; zeros are never its content ----
while read -r file words; do
	expect "$file: no hash" "SELECT coalesce(sha256, 'none') FROM v_files WHERE path = '$web/$file' AND stream = ''" none
	expect "$file: $words" "SELECT count(*) FROM v_limitations WHERE path = '$web/$file' AND what LIKE '%$words%' AND what LIKE '%not examined%'" 1
	expect "$file: no finding in its content" "SELECT count(*) FROM v_findings WHERE path = '$web/$file' AND stream = '' AND rule LIKE 'webshell%'" 0
	expect "$file: its place is still a finding" "SELECT count(*) FROM v_findings WHERE path = '$web/$file' AND rule = 'web-root-code'" 1
done <<-'END'
	wim.aspx in a WIM file
	version.aspx unknown version
	provider.aspx unknown provider
	algorithm.aspx unknown algorithm
	streamless.aspx WofCompressedData is missing
	cut.aspx cut short
	resident.aspx cut short
	dedup.aspx deduplicated
	stored.aspx deduplicated
	hsm.aspx HSM
	cloud.aspx in a cloud
	stranger.aspx a filter of Windows keeps
	offline.aspx offline
	efs.aspx encrypted by the file system
END
expect 'the coverage says that not all was read' "SELECT count(*) FROM v_coverage WHERE path = 'IISWebRoot' AND state = 'partly' AND lost = 18" 1
expect 'a cloud file that is here is read, with a word on its filter' "SELECT count(*) FROM v_findings n JOIN v_limitations l USING (path) WHERE path = '$web/hydrated.aspx' AND rule = 'webshell_eval_unsafe' AND what LIKE '%may show other content%'" 1
expect 'a tag that hides nothing is no limitation' "SELECT count(*) FROM v_limitations WHERE path = '$web/socket.aspx'" 0
expect 'packed bytes that cannot be unpacked are searched as they are' "SELECT DISTINCT level FROM v_findings WHERE path = '$web/version.aspx' AND stream = 'WofCompressedData'" medium
for file in covered.aspx resident.aspx stored.aspx; do
	expect "$file: so is what a filter covers" "SELECT DISTINCT level FROM v_findings WHERE path = '$web/$file' AND stream = '[covered]'" medium
done

# ---- slack is told as slack ----
while read -r file offset stream; do
	expect "$file $stream" "SELECT offset || ' ' || level || ' ' || coalesce(time, 'no time') || ' ' || coalesce(sha256, 'no hash') FROM v_findings
		WHERE path = '$web/$file' AND stream = '$stream' AND rule = 'webshell_eval_unsafe' AND basis LIKE '%in slack and not in the file''s content%'" "$offset medium no time no hash"
	expect "$file: nothing grave in its content" "SELECT count(*) FROM v_findings WHERE path = '$web/$file' AND stream NOT LIKE '%[slack]' AND level IN ('high', 'critical')" 0
done <<-'END'
	tail.txt 6030 [slack]
	valid.txt 9030 [slack]
	gone.txt 5530 [slack]
	holder.txt 3130 notes [slack]
END
expect 'the content of such a file is what a program would read' "SELECT sha256 FROM v_files WHERE path = '$web/valid.txt'" "$(icat -o 2048 "$work/hidden.raw" "$(place valid.txt)" | hash_of)"
expect 'and a deleted one says so' "SELECT count(*) FROM v_findings WHERE path = '$web/gone.txt' AND stream = '[slack]' AND basis NOT LIKE '%the file is deleted%'" 0

# ---- named streams ----
while read -r file stream; do
	expect "$file:$stream" "SELECT sha256 FROM v_files WHERE path = '$web/$file' AND stream = '$stream'" "$(icat -o 2048 "$work/hidden.raw" "$(place $file $stream)" | hash_of)"
done <<-'END'
	zone.aspx Zone.Identifier
	picture.gif x.aspx
	folder in-a-folder
	holder.txt notes
END
for stream in x.aspx in-a-folder; do
	expect "a shell in $stream" "SELECT count(*) > 0 FROM v_findings WHERE stream = '$stream' AND level = 'critical'" 1
done
finish
