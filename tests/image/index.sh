#!/bin/bash
# index.sh - folders against the $MFT: what only an index still tells, what it lists wrongly or not at all, and who owns
# a file. Volumes are written as text here; fls, ntfsls of ntfs-3g and ntfssecaudit say what they see of the same.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need fls
ours=${NTFSLS:-$PWD/tests/ntfsls}
offset=1048576 sectors=2048

# make NAME: forges the scenario on stdin
make() {
	{
		printf 'seed 8\ndisk mbr\ntime 2021-02-20T10:00:00.0000001Z\nvolume v size=%s letter=C\ntick 1ms 60ms\n' "${2:-64M}"
		cat
	} >"$work/$1.scenario"
	"$forge_program" "$work/$1.scenario" -o "$work/$1.raw" 2>"$work/stderr" || { bad "forging $1"; cat "$work/stderr"; }
}
web='inetpub\wwwroot\aspnet_client'

# ---- names that only the index has ----
make left <<END
dir "$web\gone"
dir "$web\emptied"
dir Windows
file "$web\client.htm" = text x
file "$web\discover.aspx" = shell jscript password=a
file "$web\page.js" = text x
file "$web\zz-last.aspx" = shell jscript password=b
file "$web\left\former.aspx" = shell jscript password=c
file "$web\again.aspx" = text x
file "$web\gone\inside.aspx" = shell jscript password=d
file "$web\emptied\only.aspx" = shell jscript password=e
rename "$web\left\former.aspx" "$web\innocent.txt"
delete "$web\emptied\only.aspx" reuse
fill 60 Windows first=100
delete "$web\gone\inside.aspx" reuse
fill 60 Windows first=300
delete "$web\again.aspx" reuse
fill 60 Windows first=400
file "$web\again.aspx" = text "made anew"
delete "$web\zz-last.aspx" reuse
fill 60 Windows first=200
delete "$web\gone"
END
triage left 0,3 "$work/left.raw"
while IFS='|' read -r what name level basis; do
	got=$(ask left "SELECT level FROM v_findings WHERE rule = 'web-root-index' AND path LIKE '%/$name' AND basis LIKE '%$basis%'")
	[ "$got" = "$level" ] && ok || bad "$what: '$name' is '$got', expected '$level'"
done <<'END'
the last name of a folder|zz-last.aspx|medium|the slack of the folder''s index still has
the only name of a folder|emptied/only.aspx|medium|only its place tells
a name in a folder that is deleted itself|gone/inside.aspx|medium|the folder itself is deleted
a former name|left/former.aspx|medium|MFT record still has
a name that is in use again||
a file that is still there|discover.aspx||
END
expect 'a name that is in use again is no lead' left "SELECT count(*) FROM v_findings WHERE rule LIKE '%index%' AND path LIKE '%again.aspx'" 0
expect 'each object once' left "SELECT count(*) - count(DISTINCT path) FROM v_findings WHERE rule = 'web-root-index'" 0
expect 'four times of each stand in the timeline' left "SELECT group_concat(n) FROM (SELECT count(*) AS n FROM v_timeline WHERE kind LIKE 'file.index.%' AND subject LIKE '%zz-last.aspx' GROUP BY kind)" '1,1,1,1'
expect 'no row of v_files is made of them' left "SELECT count(*) FROM v_files WHERE path LIKE '%zz-last.aspx' OR path LIKE '%only.aspx'" 0
expect 'the indexes are covered' left "SELECT state || ' ' || lost FROM v_coverage WHERE source = 'index'" 'read 0'
# the command of a finding shows the name
while read -r id command; do
	(cd "$work" && eval "$command") >"$work/shown"
	path=$(ask left "SELECT path FROM v_findings WHERE finding = '$id'")
	name=${path##*/}
	grep -v " -$" "$work/shown" | xxd -r | tr -d '\0' | grep -qaF "${name%?????}" && ok || bad "reproducing $path shows something else"
done < <(ask left "SELECT finding || ' ' || reproduce FROM v_findings WHERE rule = 'web-root-index'")

# ---- moved files: libtsk takes what freed blocks hold for allocated ----
{
	for i in $(seq 100 180); do echo "file \"old\\moved file number $i with a name of some length.txt\" = text x"; done
	for i in $(seq 100 180); do echo "rename \"old\\moved file number $i with a name of some length.txt\" \"new\\moved file number $i with a name of some length.txt\""; done
} | make moved
triage moved 0,3 --files all "$work/moved.raw"
expect 'moved files are where they are' moved "SELECT group_concat(n) FROM (SELECT count(*) AS n FROM v_files WHERE allocated AND path LIKE '/___/moved%' GROUP BY substr(path, 1, 4))" 81
expect 'none is said to be listed wrongly' moved "SELECT count(*) FROM v_findings WHERE rule LIKE 'index-%'" 0
expect 'what freed blocks hold is what it was' moved "SELECT count(DISTINCT subject) > 0 FROM v_timeline WHERE kind = 'file.index.created' AND subject LIKE '/old/moved%' AND summary LIKE '%freed block%another name or folder by now'" 1
"$ours" -i "$work/moved.raw" $offset >"$work/list" 2>/dev/null
cut -f1 "$work/list" | grep -qx freed && ok || bad 'no freed block holds a name: the volume is not what it should be'
false_ones=$(fls -r -p -u -o $sectors "$work/moved.raw" | grep -c 'old/moved')
echo "libtsk lists $false_ones files in the folder that they were moved from"

# ---- what an index lists wrongly, or not at all ----
make wrong <<END
file "$web\fine.txt" = text x
file "$web\unlisted.aspx" = shell jscript password=a
file "$web\elsewhere.aspx" = shell jscript password=b
file "$web\lost.aspx" = shell jscript password=c
file "$web\unlinked.txt" = text x
forget "$web\unlisted.aspx"
parent "$web\elsewhere.aspx" of="inetpub"
poke "$web\lost.aspx" offset=0 = hex 00000000
poke "$web\unlinked.txt" offset=18 = hex 0000
dir torn
fill 400 torn name="file with a longer name "
pokeclusters torn \$I30 offset=510
END
triage wrong 3 --files all "$work/wrong.raw"
while IFS='|' read -r what rule name level; do
	got=$(ask wrong "SELECT level FROM v_findings WHERE rule = '$rule' AND path LIKE '%/$name'")
	[ "$got" = "$level" ] && ok || bad "$what: $rule of '$name' is '$got', expected '$level'"
done <<'END'
in use and not listed|index-unlisted|unlisted.aspx|medium
listed here, at home elsewhere|index-stale|aspnet_client/elsewhere.aspx|medium
and not listed there|index-unlisted|inetpub/elsewhere.aspx|low
in use with a link count of 0|index-unlisted|unlinked.txt|low
END
expect 'a file whose record is lost is a limitation' wrong "SELECT count(*) FROM v_limitations WHERE path LIKE '%/lost.aspx' AND what LIKE '%no record of it%'" 1
expect 'with its times' wrong "SELECT count(*) FROM v_timeline WHERE kind LIKE 'file.index.%' AND subject LIKE '%/lost.aspx'" 4
expect 'a torn block is a limitation' wrong "SELECT count(*) FROM v_limitations WHERE stream = '\$I30' AND path = '/torn' AND what LIKE '%torn%'" 1
expect 'and nothing in it is called unlisted' wrong "SELECT count(*) FROM v_findings WHERE rule = 'index-unlisted' AND path LIKE '/torn/%'" 0
expect 'the coverage says so' wrong "SELECT state || ' ' || lost FROM v_coverage WHERE source = 'index'" 'partly 1'

# ---- a hundred thousand names, and the same case by any number of threads ----
make large 200M <<END
dir big
fill 100000 big ending=.aspx
END
triage large 0,3 --files all -j 1 "$work/large.raw"
triage again 0,3 --files all -j 3 "$work/large.raw"
same 'one thread and three' "$work/large/case.db" "$work/again/case.db"
listed=$(sqlite3 "$work/large/case.db" "SELECT reason FROM v_coverage WHERE source = 'index'")
case $listed in
*' 0 disagree with their record, 0 have none that can be read; 0 records in use are not listed'*) ok ;;
*) bad "a large folder: $listed" ;;
esac

# ---- every name that a folder lists is in the \$MFT, and the other way round; fls and ntfs-3g agree ----
# Entry and name, without DOS names, the root's own and those of libtsk's inventions.
agree() { # IMAGE OFFSET
	"$ours" -i "$1" "$2" 2>/dev/null | awk -F'\t' '$1 == "listed" && $4 != 2 && $10 != "." { split($3, id, "-"); print id[1], $10 }' | sort -u >"$work/listed"
	"$ours" "$1" "$2" 2>/dev/null | awk -F'\t' '$2 == 1 && $NF != "[no name]" { split($1, id, "-"); n = split($NF, part, "/"); sub(/:.*/, "", part[n]); if (part[n] != ".") print id[1], part[n] }' | sort -u >"$work/known"
	if diff "$work/listed" "$work/known" >"$work/diff"; then ok; else bad "$1: index and \$MFT disagree"; head -5 "$work/diff"; fi
}
forge compromised compromised.raw
agree "$work/compromised.raw" $((34816 * 512))
agree "$work/moved.raw" $offset
agree "$work/large.raw" $offset
fls -r -u -p -o $sectors "$work/large.raw" | grep -c 'big/entry' | grep -qx 100000 && ok || bad 'fls counts another number'

# ---- owners ----
make owned <<END
file "$web\system.aspx" = text x
file "$web\pool.aspx" = shell jscript password=a
file "$web\admin.aspx" = text x
file "$web\account.aspx" = text x
file "$web\usual.aspx" = text x
owner "$web\system.aspx" S-1-5-18
owner "$web\pool.aspx" S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415
owner "$web\admin.aspx" S-1-5-21-1004336348-1177238915-682003330-500
owner "$web\account.aspx" S-1-5-21-1004336348-1177238915-682003330-1103
END
triage owned 0,3 "$work/owned.raw"
dd if="$work/owned.raw" of="$work/owned.vol" bs=1M skip=1 status=none
while IFS='|' read -r name sid called; do
	got=$(ask owned "SELECT owner || '|' || coalesce(owner_name, '') FROM v_files WHERE path LIKE '%/$name'")
	[ "$got" = "$sid|$called" ] && ok || bad "the owner of $name: '$got', expected '$sid|$called'"
	command -v ntfssecaudit >/dev/null || continue
	ntfssecaudit -v "$work/owned.vol" "/inetpub/wwwroot/aspnet_client/$name" 2>/dev/null | grep -qxF "Windows owner $sid" && ok ||
		bad "ntfssecaudit sees another owner of $name"
done <<'END'
system.aspx|S-1-5-18|NT AUTHORITY\SYSTEM
pool.aspx|S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415|IIS APPPOOL\DefaultAppPool
admin.aspx|S-1-5-21-1004336348-1177238915-682003330-500|the built-in Administrator
account.aspx|S-1-5-21-1004336348-1177238915-682003330-1103|
usual.aspx|S-1-5-32-544|BUILTIN\Administrators
END
expect 'findings name the owner' owned "SELECT DISTINCT owner_name FROM v_findings WHERE path LIKE '%/pool.aspx'" 'IIS APPPOOL\DefaultAppPool'

# ---- images of real systems ----
if [ -n "${POSTMORTEM_CORPUS:-}" ] && [ -d "$POSTMORTEM_CORPUS/images" ]; then
	for image in dfvfs/windows_volume.raw.xz go-ntfs/charlie.dd.bz2; do
		file=$POSTMORTEM_CORPUS/images/$image
		case $image in
		*.xz) xzcat "$file" >"$work/real.raw" ;;
		*) bzcat "$file" >"$work/real.raw" ;;
		esac
		agree "$work/real.raw" 0
	done
fi
finish
