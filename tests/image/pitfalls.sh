#!/bin/bash
# pitfalls.sh - names and times that lie: what exactly the case and its exports say of each, held against other readers.
#
# Where what goes wrong with an NTFS volume or its image is shown to be told rightly (without a folder: tests/image):
#    1 times to 100 ns                          here, tsk.sh
#    2 times of no year, far years              here
#    3 time zones of the host                   here, triage.sh
#    4 $SI beside every $FILE_NAME              here; index copies: index.sh
#    5 deleted, and the parent reused           here, index.sh, tests/test_ntfs.c
#    6 extension records of a reused base       here, tests/test_ntfs.c
#    7 moved and renamed: stale index entries   index.sh
#    8 in use, but in no folder or without link index.sh
#    9 the count of records comes out           here, ledger.sh
#   10 $MFT in pieces, its map or copy damaged  damage.sh, tests/torture
#   11 records of 1 KiB and 4 KiB               damage.sh, combined.sh
#   12 sectors of 4 KiB in GPT, MBR and E01     damage.sh, combined.sh, locked.sh
#   13 clusters of 512 bytes to 2 MiB           damage.sh
#   14 torn records                             here, damage.sh, index.sh, tests/test_record.c
#   15 attribute lists that lie or lack a part  here, tests/test_lists.c, tests/test_ntfs.c, tests/torture
#   16 run lists, holes beyond the volume       damage.sh, control.sh, tests/test_lists.c
#   17 valid-data length and what lies behind   hidden.sh, tests/test_stream.c
#   18 LZNT1                                    combined.sh, tests/test_stream.c, tsk.sh
#   19 WOF (compact /exe)                       hidden.sh, combined.sh, tests/test_wof.c
#   20 content that is not on the volume        hidden.sh
#   21 EFS                                      hidden.sh, combined.sh
#   22 named streams, also of folders           here, hidden.sh, combined.sh; several unnamed: tests/test_ntfs.c
#   23 shadow copies: not examined, said        here
#   24 the change journal: not examined, said   here
#   25 dirty volume, open log: not replayed     here
#   26 boot sectors, sizes that disagree        damage.sh; slack of the volume too
#   27 partition tables, gaps, chains           damage.sh, combined.sh, tests/test_volume.c
#   28 E01: bad chunks, hashes, acquisition errors      ewf.sh, ledger.sh, combined.sh, evidence.sh
#   29 E01: what is not read is refused by name ewf.sh, damage.sh
#   30 split sets with gaps and odd parts       damage.sh, combined.sh, evidence.sh
#   31 names of any UTF-16 unit, long paths     here
#   32 8.3 names                                here
#   33 folders with exact case                  here
#   34 large folders                            index.sh
#   35 index roots, blocks, loops of them       index.sh, tests/test_index.c
#   36 owners, $SDS and its copy                index.sh, tests/test_index.c
#   37 attributes that nobody looks into        here
#   38 one object, several observations         here, index.sh, combined.sh
#   39 what is missing is not zeros             damage.sh, combined.sh, ewf.sh
#   40 deleted: whose are the clusters now      here, triage.sh, tests/test_stream.c
#   41 sizes and places beyond 2^32 and 2^63    here, damage.sh, ewf.sh
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need python3
mft() { python3 "$here/mft.py" "$@"; }

forge pitfalls p.raw
mft type "$work/p.raw" object-id.txt=0x40 ea.txt=0xe0 logged.txt=0x100 unknown.txt=0x1000 || bad 'types cannot be changed'
mft size "$work/p.raw" negative.bin 0x8000000000001388 || bad 'the size cannot be changed'
mft take "$work/p.raw" front.aspx 0 3 && mft take "$work/p.raw" back.aspx 5 3 && mft take "$work/p.raw" all.aspx 0 8 ||
	bad 'clusters cannot be taken'
triage p 3 "$work/p.raw"
case_db=$work/p/case.db

# is WHAT SQL VALUE
is() {
	got=$(sqlite3 "$case_db" "$2")
	if [ "$got" = "$3" ]; then ok; else bad "$1: expected '$3', got '$got'"; fi
}
time_of() { is "the time of $1" "SELECT si_created || ' ' || si_accessed || ' ' || time_signs FROM v_files WHERE path = '/times/$1'" "$2 $2 $3"; }
# names PATH RULES: these rules and no others, with their levels, speak of the name
names() {
	is "what is said of $1" "SELECT coalesce(group_concat(said, ' '), '') FROM (SELECT rule || '=' || level AS said FROM v_findings
		WHERE path = '$1' AND rule LIKE 'name-%' ORDER BY rule)" "$2"
}

# ---- times: as they are stored, 100 ns each, never wrapped ----
time_of tick.txt 2021-03-01T10:00:00.0000001Z ''
time_of zero.txt 1601-01-01T00:00:00.0000000Z not-set
time_of one.txt 1601-01-01T00:00:00.0000001Z 'implausible si-before-fn'
time_of 1969.txt 1969-12-31T23:59:59.9999999Z 'implausible si-before-fn'
time_of 2038.txt 2038-01-19T03:14:08.0000001Z implausible
time_of 2106.txt 2106-02-07T06:28:16.0000001Z implausible
time_of 2157.txt 2157-01-22T00:00:00.0000001Z implausible
time_of 9999.txt 9999-12-31T23:59:59.9999999Z implausible
time_of 10000.txt ticks:2650467744000000000 'implausible whole-seconds'
time_of half.txt ticks:9223372036854775808 implausible
time_of last.txt ticks:18446744073709551614 implausible
is 'whole seconds before $FILE_NAME' "SELECT time_signs FROM v_files WHERE path = '/times/stomped.txt'" 'si-before-fn whole-seconds'
for file in 2106 2157 9999 10000 half last; do
	is "the events of $file" "SELECT count(*) || ' ' || count(DISTINCT ticks) FROM v_timeline WHERE subject = '/times/$file.txt' AND kind LIKE 'file.si.%'" '4 1'
done
is 'the last ticks of all' "SELECT DISTINCT ticks || ' ' || coalesce(time, 'no year') FROM v_timeline WHERE subject = '/times/last.txt' AND kind = 'file.si.created'" '18446744073709551614 no year'

# ---- $STANDARD_INFORMATION beside every $FILE_NAME ----
is 'three names of one object' "SELECT group_concat(path || ' ' || fn_created, ', ') FROM (SELECT path, fn_created FROM v_files
	WHERE mft = (SELECT mft FROM v_files WHERE path = '/links/first.txt') ORDER BY path)" \
	'/links/first.txt 2021-03-01T10:00:00.0000001Z, /links/second.txt 2019-04-17T18:40:00.0000002Z, /times/third.txt 2019-04-17T18:40:00.0000003Z'
is 'their times differ' "SELECT DISTINCT time_signs FROM v_files WHERE path LIKE '/links/second.txt'" names-differ
is 'an 8.3 name that says nothing new is folded' "SELECT group_concat(path) FROM (SELECT path FROM v_files WHERE path LIKE '/links/a%' ORDER BY lower(path))" '/links/a long name.txt,/links/another long name.txt,/links/ANOTHE~1.TXT'
is 'one with another time is not' "SELECT fn_created FROM v_files WHERE path = '/links/ANOTHE~1.TXT'" 2019-04-17T18:40:00.0000004Z
is 'an 8.3 name of another file type is chosen by itself' "SELECT role FROM v_files WHERE path LIKE '%/SHELL.ASP'" webroot

# ---- names that deceive: facts of low level, raised by place and type ----
web=/inetpub/wwwroot/aspnet_client
cyrillic=$(printf '\320\276')
names "$web/l${cyrillic}gon.aspx" name-lookalike=medium
names "/plain/$(printf '\320\260')bc.txt" name-lookalike=low
names "/plain/$(printf '\320\276\321\202\321\207\321\221\321\202') report.txt" ''
names "$web/photo$(printf '\342\200\256')gpj.aspx" name-direction=medium
names "$web/zero$(printf '\342\200\213')width.aspx" name-invisible=medium
names "$web/error.aspx." name-tail=medium
names '/plain/trailing blank ' name-tail=info
names /plain/NUL name-device=info
names /plain/com1.txt name-device=info
names /plain/console.txt ''
names /plain/colon:colon name-illegal=info
names "$web/photo.jpg.aspx" name-double=medium
names /plain/twin.txt name-twin=info
names /plain/TWIN.txt name-twin=info
names "$web/SHELL.ASP" name-short=medium
names '/links/a long name.txt' ''
names '/links/ANOTHE~1.TXT' name-short=info
names "$web/streams.aspx" name-stream=medium
names /plain name-stream=low
names /plain/typed.txt name-stream=info
names /plain/usual.txt ''
names "$web/exact" name-exact=low
names "$web/exact/Shell.aspx" name-twin=medium
is 'names that lie are no proof' "SELECT count(*) FROM v_findings WHERE rule LIKE 'name-%' AND (level IN ('high', 'critical') OR coalesce(benign, '') = '')" 0
is 'the shell in the stream is found there' "SELECT max(level = 'critical') FROM v_findings WHERE path = '$web/streams.aspx' AND stream = 'x'" 1
is 'both spellings are chosen, whatever the folder says' "SELECT count(*) FROM v_files WHERE path LIKE '$web/exact/shell.aspx' AND role = 'webroot'" 2

# ---- one name, one text ----
is 'a NUL cuts nothing' "SELECT count(*) FROM v_files WHERE path = '/plain/nul-\u{0}-inside.aspx'" 1
is 'a slash in a name' "SELECT count(*) FROM v_files WHERE path = '/plain/slash-\u{2f}inside'" 1
is 'is not its look-alike' "SELECT count(*) FROM v_files WHERE path = '/plain/fake-$(printf '\342\210\225')inside'" 1
is 'lone surrogates' "SELECT count(*) FROM v_files WHERE path = '/plain/lone-\u{d800}\u{dbff}.txt'" 1
is 'what looks like an escape' "SELECT count(*) FROM v_files WHERE path = '/plain/escape-\u{5c}u{d800}.txt'" 1
is 'a folder that is really called $Orphan' "SELECT count(*) FROM v_files WHERE path = '/\u{24}Orphan/[entry 5 seq 5 reused]/planted.txt'" 1

# ---- parents by record and sequence; deep, too deep, in a ring, nowhere ----
is 'a shell below 400 folders' "SELECT count(DISTINCT path) FROM v_findings WHERE level = 'critical' AND path LIKE '%/d/d/bottom.aspx' AND length(path) > 800" 1
is 'one whose path no program could tell' "SELECT count(DISTINCT path) FROM v_findings WHERE level = 'critical' AND path LIKE '/\$Orphan/[[]entry % too deep]/%' OR path GLOB '/\$Orphan/[[]entry * too deep]/*/toolong.aspx'" 1
is 'and it is still in its web root' "SELECT role FROM v_files WHERE path LIKE '%/toolong.aspx'" webroot
is 'a parent of another life' "SELECT path GLOB '/\$Orphan/[[]entry * seq 8 reused]/skewed.txt' FROM v_files WHERE path LIKE '%/skewed.txt'" 1
is 'hides no script' "SELECT max(level = 'critical') FROM v_findings WHERE path LIKE '/\$Orphan/%/skewed.aspx'" 1
is 'a parent that does not exist' "SELECT path FROM v_files WHERE path LIKE '%nowhere.txt'" '/$Orphan/[entry 16777215 seq 1 missing]/nowhere.txt'
is 'a parent that is a file' "SELECT count(*) FROM v_files WHERE path LIKE '/\$Orphan/[entry % seq 1 no folder]/infile.txt'" 1
is 'a ring of two' "SELECT count(*) FROM v_files WHERE path LIKE '/\$Orphan/[entry % seq % loop]/in-%'" 2
is 'a deleted parent is the parent still' "SELECT path || ' ' || allocated FROM v_files WHERE path LIKE '%/deleted.txt'" '/gone/deleted.txt 0'

# ---- links: where they lead, and nobody went ----
is 'junctions' "SELECT group_concat(target, ' ') FROM (SELECT target FROM v_files WHERE path LIKE '/leads/%' AND target IS NOT NULL ORDER BY path)" '\??\C:\leads\self xy (shown as ab) \??\C:\inetpub'
is 'a broken one is a limitation' "SELECT count(*) FROM v_limitations WHERE what LIKE 'the target of this junction%' AND mft = (SELECT mft FROM v_files WHERE path = '/leads/broken')" 1
is 'nothing is listed through them' "SELECT count(*) FROM v_files WHERE path LIKE '/leads/%/%'" 0

# ---- the count of records, and what nobody looks into ----
read -r records extensions < <(mft count "$work/p.raw")
is 'records come out as a sum' "SELECT count(*) FROM v_coverage WHERE source = 'mft' AND items = $records AND reason LIKE '$records records = % entries + $extensions extensions + % empty + 0 damaged + 0 quarantined; 1 are torn%'" 1
for type in OBJECT_ID EA LOGGED_UTILITY_STREAM; do
	is "\$$type is counted" "SELECT state || ' ' || items FROM v_coverage WHERE path LIKE '%: \$$type'" 'skipped 1'
done
is 'unknown types are counted' "SELECT state || ' ' || items FROM v_coverage WHERE path LIKE '%: unknown attributes'" 'skipped 1'
is 'and a limitation at their record' "SELECT count(*) FROM v_limitations WHERE what LIKE '%types that are not known%' AND mft = (SELECT mft FROM v_files WHERE path = '/types/unknown.txt')" 1
is 'a torn record is marked and used' "SELECT flags & 16 FROM v_files WHERE path = '$web/torn.aspx'" 16
is 'and named' "SELECT count(*) FROM v_limitations WHERE path = '/\$MFT' AND what LIKE 'torn record%' AND mft = (SELECT mft FROM v_files WHERE path = '$web/torn.aspx')" 1
is 'a negative size is refused, with its record' "SELECT count(*) FROM v_limitations WHERE what LIKE '%impossible size%' AND mft = (SELECT mft FROM v_files WHERE path = '/sizes/negative.bin')" 1
is 'a size beyond 32 bits' "SELECT bytes FROM v_files WHERE path = '/sizes/large.bin'" 5000000000

# ---- deleted files: what is left of them, and of what was found in them ----
recovery() { is "what is left of $1" "SELECT recovery FROM v_files WHERE path = '$web/$1'" "$2"; }
found() { is "the gravest in $1" "SELECT level FROM v_findings WHERE path = '$web/$1' AND rule LIKE '%webshell%' ORDER BY instr('info low medium high critical', level) DESC LIMIT 1" "$2"; }
recovery whole.aspx recoverable
recovery small.aspx recoverable
recovery front.aspx 'partly overwritten, 37 %'
recovery back.aspx 'partly overwritten, 37 %'
recovery all.aspx overwritten
found whole.aspx critical
found front.aspx critical
found back.aspx medium
is 'why the one stays' "SELECT DISTINCT basis LIKE '%3 of its 8 clusters now belong to something else: those that this rests on do not' FROM v_findings WHERE path = '$web/front.aspx' AND level = 'critical'" 1
if command -v istat >/dev/null && command -v blkstat >/dev/null; then
	number=$(sqlite3 "$case_db" "SELECT mft FROM v_files WHERE path = '$web/front.aspx'")
	taken=0
	for cluster in $(istat "$work/p.raw" "$number" 2>/dev/null | sed -n '/Type: \$DATA/,$p' | grep -E '^[0-9 ]+$'); do
		blkstat "$work/p.raw" "$cluster" | grep -q '^Allocated' && taken=$((taken + 1))
	done
	[ "$taken" = 3 ] && ok || bad "istat and blkstat see $taken clusters taken, not 3"
fi

# ---- exports: nothing of a name acts on a terminal, a spreadsheet or a page, whatever the zone ----
sha256sum <"$case_db" >"$work/sum"
(export TZ=Asia/Kolkata LC_ALL=C && triage p2 3 -j 3 "$work/p.raw" && sha256sum <"$work/p2/case.db" >"$work/sum2")
same 'another zone and number of threads' "$work/sum" "$work/sum2"
grep -q '"zone":"+0530 .*"zone_asked":"Asia/Kolkata","locale":"C"' "$work/p2/run.jsonl" && ok || bad 'the zone of the host is not in the log of the run'
for format in csv jsonl timesketch bodyfile l2tcsv; do
	run 0 export "$work/p" --format $format -o "$work/p.$format"
	(export TZ=Asia/Kolkata && run 0 export "$work/p" --format $format -o "$work/k.$format")
	same "$format in another zone" "$work/p.$format" "$work/k.$format"
done
run 0 files "$work/p" --json
cp "$work/stdout" "$work/files.jsonl"
run 0 files "$work/p"
cp "$work/stdout" "$work/files.txt"
run 0 findings "$work/p"
cp "$work/stdout" "$work/findings.txt"
forge alphabet a.raw
triage a 0,3 --files all "$work/a.raw"
run 0 files "$work/a"
cp "$work/stdout" "$work/letters.txt"
run 0 files "$work/a" --json
cp "$work/stdout" "$work/letters.jsonl"
mft names "$work/a.raw" >"$work/letters.mft"
mft names "$work/p.raw" >"$work/files.mft"
python3 "$here/pitfalls.py" "$work" && ok || bad 'what is exported is not what is there'

# ---- what a volume keeps beside its files: named, and said not to be examined ----
forge beside b.raw
while read -r pages probe state limited; do
	mft log "$work/b.raw" ${pages/-/ }
	if command -v ntfs-3g.probe >/dev/null; then
		ntfs-3g.probe -w "$work/b.raw" 2>/dev/null
		status=$?
		[ $status = "$probe" ] && ok || bad "ntfs-3g says $status of a log that is $pages"
	fi
	rm -rf "$work/log"
	triage log 3 "$work/b.raw"
	case_db=$work/log/case.db
	is "a log that is $pages" "SELECT reason GLOB '*$state*' FROM v_coverage WHERE path = 'volume 1: /\$LogFile'" 1
	is "a limitation for $pages" "SELECT count(*) FROM v_limitations WHERE path = '/\$LogFile'" "$limited"
done <<'END'
clean-clean 0 closed?cleanly 0
clean-open 15 not?closed?cleanly 1
open-clean 0 closed?cleanly 0
bad-open 15 not?closed?cleanly 1
bad-bad 15 neither?of?its?restart?pages 1
END
mft dirty "$work/b.raw"
mft shadow "$work/b.raw" 0x10000
mft share "$work/b.raw" first.aspx second.aspx
mft inherit "$work/b.raw" old.aspx heir.txt
lost=$(mft lose "$work/b.raw" many.txt)
[ "$lost" -gt 0 ] && ok || bad 'the wiped record held no names'
triage b 3 -j 1 --files all "$work/b.raw"
triage b3 3 -j 3 --files all "$work/b.raw"
same 'one thread or three' "$work/b/case.db" "$work/b3/case.db"
case_db=$work/b/case.db
is 'a dirty volume' "SELECT count(*) FROM v_limitations WHERE path = '/\$Volume' AND what LIKE '%marked dirty%'" 1
is 'the journal' "SELECT state || ' ' || items || ' ' || (bytes > 0) || ' ' || reason FROM v_coverage WHERE path LIKE '%UsnJrnl:\$J'" 'skipped 1 1 the change journal: not examined'
is 'shadow copies are counted' "SELECT state || ' ' || items || ' ' || bytes FROM v_coverage WHERE path LIKE '%shadow copies'" 'skipped 3 140000'
is 'those that are there are a limitation' "SELECT count || ' ' || (mft = (SELECT mft FROM v_files WHERE path LIKE '%600f0b69%')) FROM v_limitations WHERE what LIKE 'shadow copies%not examined'" '2 1'
is 'so is what is left of others' "SELECT count FROM v_limitations WHERE what LIKE 'deleted stores%not examined'" 1

# ---- two deleted files that claim the same clusters ----
web=/inetpub/wwwroot/aspnet_client
for file in first second; do
	recovery $file.aspx 'doubtful, 100 % claimed by another deleted file'
	found $file.aspx medium
	is "$file has no hash" "SELECT count(*) || ' ' || count(sha256) FROM v_files WHERE path = '$web/$file.aspx'" '1 0'
	is "why $file is doubtful" "SELECT min(basis LIKE '%claimed by another deleted file, too: the bytes may be of that%') FROM v_findings WHERE path = '$web/$file.aspx'" 1
done
recovery alone.aspx recoverable
found alone.aspx critical

# ---- extension records that are lost, and those whose base record belongs to another file ----
is 'what is left of a list of attributes is read' "SELECT count(*) FROM v_files WHERE path LIKE '/lists/many.txt%'" $((31 - lost))
is 'the base says that a part of it is missing' "SELECT count(*) FROM v_limitations WHERE what = 'the attribute list leads to a record that is not of this entry' AND mft = (SELECT mft FROM v_files WHERE path = '/lists/many.txt')" 1
is 'and the wiped record is one that is lost' "SELECT state || ' ' || lost FROM v_coverage WHERE path = 'volume 1: /\$MFT'" 'partly 1'

is 'the heir has its own name alone' "SELECT group_concat(path || ' ' || seq) FROM v_files WHERE mft = (SELECT mft FROM v_files WHERE path LIKE '%/heir.txt' AND allocated)" '/Windows/heir.txt 2'
is 'the names of the other are told by the records that hold them' "SELECT count(DISTINCT path) || ' ' || max(allocated) FROM v_files WHERE path LIKE '$web/old.aspx.link-%'" '9 0'
is 'a shell of which only the stream has a name is found' "SELECT max(level = 'critical') FROM v_findings WHERE path LIKE '/\$Orphan/[[]no name]/%' OR path GLOB '/\$Orphan/[[]no name]/*' AND stream = 'zz-shell.aspx'" 1
is 'and counted' "SELECT items || ' ' || lost FROM v_coverage WHERE path = 'scripts without a folder'" "$(sqlite3 "$case_db" "SELECT count(*) || ' 0' FROM v_files WHERE path GLOB '/\$Orphan/[[]no name]/*' AND flags & 4")"
headless=$(sqlite3 "$case_db" 'SELECT serial FROM v_volumes')
[ "$headless" = 0102030405060709 ] && ok || bad "the serial number is $headless"
size=$(stat -c %s "$work/b.raw")
dd if=/dev/zero of="$work/b.raw" bs=512 count=1 conv=notrunc status=none
dd if=/dev/zero of="$work/b.raw" bs=512 count=1 seek=$((size / 512 - 1)) conv=notrunc status=none
triage headless 3 "$work/b.raw"
case_db=$work/headless/case.db
is 'without a boot sector nobody knows the serial number' "SELECT coalesce(serial, 'unknown') || ' ' || label FROM v_volumes" 'unknown beside'
is 'and that is said' "SELECT count(*) FROM v_limitations WHERE what LIKE '%serial number is not known%'" 1
run 3 info "$work/b.raw"
grep -q 'serial *not known' "$work/stdout" && ok || bad 'info states a serial number'

# ---- the volume's own folding of case: Zhe becomes W, and a folder of another name is the web root ----
cat >"$work/fold.scenario" <<'END'
seed 3
disk bare
time 2021-03-01T10:00:00.0000000Z
volume v size=16M label=V letter=C
file "inetpub\{U+0416}wwroot\aspnet_client\up.aspx" = shell jscript password=fold
END
"$forge_program" "$work/fold.scenario" -o "$work/fold.raw" >/dev/null 2>&1 || bad 'forging fold.raw'
triage f1 0,3 "$work/fold.raw"
mft fold "$work/fold.raw" 0416 0057
triage f2 0,3 "$work/fold.raw"
case_db=$work/f1/case.db
is 'by the usual table it is another name' "SELECT count(role) FROM v_files WHERE path LIKE '%/up.aspx'" 0
case_db=$work/f2/case.db
is 'by its own table it is that one' "SELECT role FROM v_files WHERE path LIKE '%/up.aspx'" webroot
finish
