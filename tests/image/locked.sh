#!/bin/sh
# locked.sh - disks under BitLocker: shut without a key, named; open with one, and then the same as their unlocked twin.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
recovery=471207-278498-422125-177177-561902-537405-468006-693451
other=000011-000022-000033-000044-000055-000066-000077-000088

# lock FILE OPTION...
lock() {
	file=$1
	shift
	sets=
	for option in "$@"; do sets="$sets --set $option"; done
	# shellcheck disable=SC2086
	forge locked "$file" $sets
}
# What a case says of files and findings, but for what names image and volume; $Bitmap knows of the metadata's clusters.
files="SELECT mft, seq, stream, path, allocated, bytes, si_created, si_changed, fn_created, sha256 FROM v_files
	WHERE path <> '/\$Bitmap' ORDER BY 1, 2, 3, 4"
findings="SELECT rule, level, time, path, mft, seq, stream, offset, length, excerpt, basis, sha256 FROM v_findings
	ORDER BY 1, 4, 5, 7, 8"
as_twin() {
	for what in files findings; do
		eval "ask $1 \"\$$what\"" >"$work/$1.$what"
		[ -s "$work/$1.$what" ] || bad "$1 has no $what"
		same "$1 as its twin: $what" "$work/twin.$what" "$work/$1.$what"
	done
	[ "$(ask "$1" "SELECT state FROM v_volumes")" = read ] && ok || bad "$1: the volume is not read"
}
says() {
	case $(ask "$1" "SELECT reason FROM v_volumes") in
	*"$2"*) ok ;;
	*) bad "$1 does not say '$2': $(ask "$1" "SELECT reason FROM v_volumes")" ;;
	esac
}
# examine CASE STATUSES ARGUMENT...
examine() {
	case_folder=$1 statuses=$2
	shift 2
	triage "$case_folder" "$statuses" --content all --files all "$@"
}

lock twin.raw
examine twin 0,3 "$work/twin.raw"
ask twin "$files" >"$work/twin.files"
ask twin "$findings" >"$work/twin.findings"
[ "$(wc -l <"$work/twin.findings")" -ge 4 ] && ok || bad "the twin has too few findings to compare"

# ---- shut ----
lock xts-128.raw method=xts-128 password=Trustno1 startup=BEK recovery2=$other
examine none 3 "$work/xts-128.raw"
says none 'encrypted: not examined; BitLocker, XTS-AES 128; protected by TPM {'
says none 'no credential was given'
[ "$(ask none "SELECT state FROM v_volumes")" = skipped ] && ok || bad "a locked volume is not skipped"
[ "$(ask none "SELECT count(*) FROM v_limitations WHERE what LIKE 'encrypted: not examined%'")" = 1 ] && ok ||
	bad "a locked volume is no limitation"
examine wrong 3 --credential password:wrong --credential recovery:000000-000011-000022-000033-000044-000055-000066-000077 "$work/xts-128.raw"
says wrong 'none of the 2 credentials that were given opens it'
run 2 triage --credential "recovery:471208-278498-422125-177177-561902-537405-468006-693451" "$work/xts-128.raw"
grep -q 'group 1 of a recovery password' "$work/stderr" && ok || bad "a mistyped recovery password is not said"
grep -q 471208 "$work/stderr" && bad "a message repeats a recovery password" || ok
run 2 triage --credential nonsense:1 "$work/xts-128.raw"

# ---- open: each way in, and each method ----
examine recovery 0,3 --credential recovery:$recovery "$work/xts-128.raw"
as_twin recovery
says recovery 'BitLocker, XTS-AES 128, opened with a recovery password (protector {'
examine password 0,3 --credential=password:Trustno1 "$work/xts-128.raw"
as_twin password
says password 'opened with a password (protector {'
printf '# one a line\n\npassword:no\nbek:%s\n' "$work/xts-128.raw.BEK" >"$work/keys"
examine startup 0,3 --credential "@$work/keys" "$work/xts-128.raw"
as_twin startup
says startup 'opened with a startup key (protector {'
ask recovery "SELECT finding FROM v_findings ORDER BY 1" >"$work/ids.recovery"
ask startup "SELECT finding FROM v_findings ORDER BY 1" >"$work/ids.startup"
same "ids whatever opened the volume" "$work/ids.recovery" "$work/ids.startup"

# of two recovery passwords the one that fits is named
first=$(ask none "SELECT reason FROM v_volumes" | grep -o 'recovery password {[^}]*}' | sed -n '1s/.*{/{/p')
examine second 0,3 --credential recovery:$other "$work/xts-128.raw"
says second "opened with a recovery password (protector $(ask none "SELECT reason FROM v_volumes" |
	grep -o 'recovery password {[^}]*}' | sed -n '2s/.*{/{/p'))"
says recovery "(protector $first)"

for method in xts-256 cbc-256 cbc-128-diffuser cbc-256-diffuser; do
	lock $method.raw method=$method
	examine $method 0,3 --credential recovery:$recovery "$work/$method.raw"
	as_twin $method
done
lock to-go.raw method=cbc-128 layout=to-go
examine to-go 0,3 --credential recovery:$recovery "$work/to-go.raw"
as_twin to-go
says to-go 'BitLocker To Go, AES-CBC 128'
lock suspended.raw method=xts-128 suspended=yes
examine suspended 0,3 "$work/suspended.raw"
as_twin suspended
says suspended 'opened without a credential, since its protection is suspended (clear key, protector {'
lock half.raw method=xts-128 encrypted=20M state=5
examine half 0,3 --credential recovery:$recovery "$work/half.raw"
as_twin half
says half 'state 5 (conversion paused), only the first 20971520 of 50331648 bytes encrypted'
# sectors of 4096 bytes are enciphered as one
lock twin-4k.raw sector=4096
examine twin-4k 0,3 "$work/twin-4k.raw"
ask twin-4k "$files" >"$work/twin-4k.files"
for method in xts-128 cbc-256-diffuser; do
	lock $method-4k.raw method=$method sector=4096
	examine $method-4k 0,3 --credential recovery:$recovery "$work/$method-4k.raw"
	ask $method-4k "$files" >"$work/$method-4k.files"
	same "sectors of 4096 bytes under $method" "$work/twin-4k.files" "$work/$method-4k.files"
done
lock disk.E01 method=xts-256
examine ewf 0,3 --credential recovery:$recovery "$work/disk.E01"
as_twin ewf

# ---- the case, the log and the process list keep no secret; any -j gives the same case ----
for secret in Trustno1 471207 278498; do
	grep -rqa "$secret" "$work/recovery" "$work/password" && bad "a case keeps $secret" || ok
done
grep -q '"arguments":.*"--credential=password:\*"' "$work/password/run.jsonl" && ok || bad "the log lacks the option"
grep -q '"credentials":\["recovery"\]' "$work/recovery/run.jsonl" && ok || bad "the log lacks the kind"
grep '"kind":"encrypted"' "$work/recovery/run.jsonl" | grep -q 'protector {' && ok || bad "the log lacks the protector"
examine jobs 0,3 -j 1 --credential recovery:$recovery "$work/xts-128.raw"
same "case.db with one thread" "$work/recovery/case.db" "$work/jobs/case.db"
# what was shut stays so in its case: opened, it is another examination
examine none 1 --credential recovery:$recovery "$work/xts-128.raw"

# ---- damage ----
hurt() {
	cp "$work/xts-128.raw" "$work/$1"
	dd if=/dev/zero of="$work/$1" bs=512 count=1 seek="$2" conv=notrunc status=none
}
hurt head.raw 2048
examine head 3 --credential recovery:$recovery "$work/head.raw"
[ "$(ask head "SELECT count(*) FROM v_findings")" = "$(wc -l <"$work/twin.findings")" ] && ok ||
	bad "a volume without its first sector lost findings"
ask head "SELECT what FROM v_limitations" | grep -q 'the first sector is damaged' && ok || bad "no word of the first sector"
place=$(od -An -tu8 -j $((1048576 + 176)) -N 8 "$work/xts-128.raw" | tr -d ' ')
hurt copy.raw $((2048 + place / 512))
examine copy 3 --credential recovery:$recovery "$work/copy.raw"
ask copy "SELECT what FROM v_limitations" | grep -q "copy 1 of BitLocker's metadata cannot be read" && ok || bad "no word of a damaged copy"
[ "$(ask copy "SELECT count(*) FROM v_findings")" = "$(wc -l <"$work/twin.findings")" ] && ok ||
	bad "a volume without a copy of its metadata lost findings"

# ---- others read the same: dislocker and cryptsetup, which we did not write ----
if command -v dislocker-file >/dev/null; then
	for method in xts-256 cbc-256-diffuser to-go; do
		rm -f "$work/other.raw"
		dislocker-file -q -O 1048576 -p$recovery -V "$work/$method.raw" -- "$work/other.raw" >"$work/stdout" 2>&1 ||
			bad "dislocker does not open $method"
		run 0,3 triage -q -c "$work/other.$method" --content all --files all "$work/other.raw"
		ask other.$method "$files" >"$work/other.files"
		same "$method as dislocker reads it" "$work/twin.files" "$work/other.files"
	done
fi
if command -v cryptsetup >/dev/null; then
	dd if="$work/xts-256.raw" of="$work/part" bs=1M skip=1 status=none
	cryptsetup bitlkDump "$work/part" 2>/dev/null | tr a-f A-F | grep -o '[0-9A-F]\{8\}-[0-9A-F-]\{27\}' | sed 1d | sort >"$work/theirs"
	"$postmortem" info "$work/xts-256.raw" | sed -n 's/^ *protectors//p' | grep -o '[0-9A-F]\{8\}-[0-9A-F-]\{27\}' | sort >"$work/ours"
	[ -s "$work/ours" ] || bad "no protectors"
	same "protectors as cryptsetup reads them" "$work/theirs" "$work/ours"
fi
# the command of a finding, word for word but for its mount point
if command -v dislocker >/dev/null && [ -w /dev/fuse ] && [ "$(id -u)" = 0 ]; then
	mkdir "$work/mount"
	command=$(ask recovery "SELECT reproduce FROM v_findings WHERE length > 0 ORDER BY finding LIMIT 1" | sed "s,/mnt/volume1,$work/mount,g; s, | xxd.*$,,")
	excerpt=$(ask recovery "SELECT length FROM v_findings WHERE length > 0 ORDER BY finding LIMIT 1")
	(cd "$work" && RECOVERY_PASSWORD=$recovery sh -c "$command" >"$work/bytes" 2>"$work/stderr")
	fusermount -u "$work/mount" 2>/dev/null
	[ "$(wc -c <"$work/bytes")" = "$excerpt" ] && ok || bad "the command of a finding gives other bytes: $command"
fi
# the head of a real BitLocker To Go volume, whose metadata lies behind the end of the file
real=${POSTMORTEM_CORPUS:-/nowhere}/images/dfvfs/bdetogo_header.raw
if [ -f "$real" ]; then
	run 3 info "$real"
	grep -q "BitLocker To Go" "$work/stdout" && ok || bad "a real BitLocker To Go volume is not named"
fi
finish
