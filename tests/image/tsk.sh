#!/bin/bash
# tsk.sh - the NTFS reader held against The Sleuth Kit on every NTFS image of the corpus: the same names, sizes and
# times (fls in seconds, istat to 100 ns) and the same content (icat). Other images: tsk.sh [IMAGE SECTOR]...
#
# Left out, each with its reason:
#   $BadClus:$Bad      a hole as long as the volume: icat gives no byte of it (libtsk counts only what is stored)
#   $OrphanFiles       a folder that libtsk makes up
#   sizes of folders   libtsk gives those of $I30; a folder has no $DATA
#   folder/.:stream    the folder's stream once more, by its own entry for itself
#   $Quota:$O, $Secure:$SDH and the like: indexes, which libtsk lists as if they were streams
#   FILETIME 0         (mkntfs gives $MFT no times) libtsk wraps it to 2076-11-29; ours is 1601-01-01
#   attribute ids      libtsk makes up new ones where those of several records are the same
#   names of free records that have no $FILE_NAME any more: libtsk calls them OrphanFile-N
#   deleted names      libtsk also finds them in the slack of indexes, and loses them where the folder is gone
set -u
corpus=${POSTMORTEM_CORPUS:-}
[ $# -gt 0 ] || { [ -n "$corpus" ] && [ -d "$corpus/images" ]; } || exit 77
for tool in fls istat icat awk xzcat zcat bzcat sha256sum; do
	command -v $tool >/dev/null || exit 77
done
ntfsls=$(realpath "${NTFSLS:-tests/ntfsls}")
[ -x "$ntfsls" ] || exit 77
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
export TZ=UTC LC_ALL=C
bad=0

# unpack FILE: a raw image in $tmp/image, holes left as holes; one at the end is not written, so the length is set
unpack()
{
	case $1 in
	*.gz) zcat "$1" ;;
	*.xz) xzcat "$1" ;;
	*.bz2) bzcat "$1" ;;
	*) cat "$1" ;;
	esac | dd of="$tmp/image" bs=64k conv=sparse iflag=fullblock 2>"$tmp/dd"
	truncate -s "$(awk '/ bytes / { print $1 }' "$tmp/dd")" "$tmp/image"
}

# Entry, size, the four times of $STANDARD_INFORMATION in seconds and the path, as fls and as we see them.
theirs()
{
	fls -o "$1" -r -p -m / "$tmp/image" | awk -F'|' '
		$2 ~ / \(\$FILE_NAME\)( \(deleted.*\))?$/ || $2 ~ /\$OrphanFiles/ || $2 ~ /\$BadClus:\$Bad/ { next }
		$2 ~ /\(deleted/ || $2 ~ /\/\.:/ { next }
		{ split($3, id, "-") }
		id[2] == 144 && $4 !~ /^d/ { next }
		{ for (i = 8; i <= 11; i++) if ($i == 3373865674) $i = "-11644473600"
		  sub(/^\//, "", $2); print id[1], id[2] == 128 ? $7 : 0, $11, $9, $10, $8, $2 }' | sort -u
}

ours()
{
	"$ntfsls" -u "$tmp/image" "$1" 2>/dev/null | awk -F'\t' '
		$2 != 1 || $13 ~ /^\[no name\]/ || $13 ~ /\$BadClus:\$Bad/ || $13 == "." { next }
		$1 ~ /none/ && !$3 { next }
		{ split($1, id, "-"); print id[1], $3 && $13 !~ /:/ ? 0 : $4, $5, $6, $7, $8, $13 }' | sort -u
}

# Every time of every entry as istat prints it, without the nanoseconds that NTFS does not have.
istat_times()
{
	istat -o "$1" "$tmp/image" "$2" | awk '
		/^\$STANDARD_INFORMATION/ { on = 1 } /^\$FILE_NAME/ { on = 1 } /^\$OBJECT|^\$ATTRIBUTE_LIST|^Attributes/ { on = 0 }
		on && /^(Created|File Modified|MFT Modified|Accessed):/ { sub(/^[^\t]*\t/, ""); print substr($1 "T" $2, 1, 27) "Z" }'
}

check_times()
{
	local entry
	awk -F'\t' '$2 == 1 { split($1, id, "-"); print id[1] }' "$tmp/iso" | sort -un | while read -r entry; do
		istat_times "$1" "$entry" >"$tmp/their-times"
		[ "$(wc -l <"$tmp/their-times")" = 8 ] || continue
		# of several names istat shows the times of the last one that is no DOS name
		awk -F'\t' -v e="$entry" '{ split($1, id, "-") } id[1] == e { l = $0 } END { split(l, f, "\t")
			for (i = 5; i <= 12; i++) print f[i] }' "$tmp/iso" >"$tmp/our-times"
		grep -q '^1601-01-01T00:00:00.0000000Z' "$tmp/our-times" || cmp -s "$tmp/their-times" "$tmp/our-times" || echo "times of entry $entry"
	done
}

# Streams up to 64 MiB, by the ids that libtsk can be asked with: those that are the only ones of their entry.
check_content()
{
	local id size hash path
	awk -F'\t' '$2 == 1 && $1 !~ /none/ && $4 < 67108864 && $14 !~ /\$BadClus:\$Bad/ { split($1, id, "-")
		if (id[3] < 65536) print id[1] "-128-" id[3] "\t" $4 "\t" $13 "\t" $14 }' "$tmp/hashes" |
	while IFS=$'\t' read -r id size hash path; do
		[ "$(icat -o "$1" "$tmp/image" "$id" | sha256sum | cut -c1-64)" = "$hash" ] || echo "content of $id $path"
	done
}

# check IMAGE SECTOR
check()
{
	local offset=$(($2 * 512))
	[ -f "$1" ] || return 0
	unpack "$1"
	if ! "$ntfsls" -t "$tmp/image" $offset >"$tmp/iso" 2>"$tmp/err" ||
	   ! "$ntfsls" -s "$tmp/image" $offset >"$tmp/hashes" 2>>"$tmp/err"; then
		echo "$1: cannot be read"; cat "$tmp/err"; bad=1
		return
	fi
	theirs "$2" >"$tmp/theirs"
	ours $offset >"$tmp/ours"
	{ diff "$tmp/theirs" "$tmp/ours"; check_times "$2"; check_content "$2"; } >"$tmp/differences"
	if [ -s "$tmp/differences" ]; then
		echo "$1:"; head -40 "$tmp/differences"; bad=1
	else
		echo "$1: $(wc -l <"$tmp/ours") names and streams agree"
	fi
}

if [ $# -gt 0 ]; then
	while [ $# -gt 1 ]; do
		check "$1" "$2"
		shift 2
	done
	exit $bad
fi
cd "$corpus/images" || exit 99
check dfvfs/windows_volume.raw.xz 0
check go-ntfs/charlie.dd.bz2 0
check grr/ntfs_img_2011.dd 63
check ntfs-rs/testfs1 0
check ntfs-samples/ntfs-lastaccess.raw.gz 128
check ntfs-samples/ntfs-ptrn.raw.gz 128
check ntfs-samples/ntfs-ramslack.raw.gz 128
check plaso/vsstest.raw.xz 0
exit $bad
