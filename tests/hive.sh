#!/bin/bash
# hive.sh - the reader of registry hives held against hivexml and regfexport: forged hives, and real ones where there are.
set -euo pipefail
here=$(cd "${srcdir:-.}/tests" && pwd)
hivels=$(pwd)/tests/hivels hivemake=$(pwd)/tests/hivemake
[ -x "$hivels" ] && [ -x "$hivemake" ] || { echo "hive.sh: tests/hivels is not built"; exit 77; }
for program in hivexml regfexport python3; do
	command -v $program >/dev/null || { echo "hive.sh: no $program"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

die() { echo "hive.sh: $*"; exit 1; }

# A hive that nothing is wrong with is the same to all three readers.
same() {
	"$hivels" -v "$@" >listing 2>said || die "$1 cannot be read"
	! grep damage said | grep -qv ' 0 damage' || { cat said; die "damage where there is none in $1"; }
	python3 "$here/hive.py" same "${out:-$1}" listing || die "hivexml reads $1 in another way"
	keys=$(regfexport "${out:-$1}" 2>/dev/null | grep -c '^Key path: ') || true
	[ "$keys" = "$(grep -c '^K' listing)" ] || die "regfexport finds $keys keys in $1"
}

cat >old <<'TEXT'
key Software\Microsoft\Exchange @132600000000000000
class Some
sz MsiInstallPath=C:\Program Files\Microsoft\Exchange Server\V15\
dword MsiProductMajor=15
qword Wide=1234567890123
multi Many=one|two
expand Path=%SystemRoot%
key Software\Ärger
key Software\Мир
sz Ключ=значение
key Lists
list ri
key Lists\a
list li
key Lists\b
list lf
fill Big=40000
key Lists\b\below
key Lists\c
key Lists\d
key Lists\d\deleted
sz x=some text
delete Lists\d\deleted
TEXT
cat old - >new <<'TEXT'
key Software\Microsoft\Windows\CurrentVersion\Run
sz Evil=C:\evil.exe
fill Payload=5000
TEXT
"$hivemake" old plain
same plain
"$hivels" -r plain >listing 2>said
grep -q 'deleted.Lists.d.deleted$' listing || die "the deleted key is not found"
for kind in dirt entries; do
	"$hivemake" $kind old new dirty log
	python3 "$here/hive.py" replay dirty out log
	out=out same dirty log
	"$hivels" dirty log >listing 2>said
	grep -q 'Run$' listing || die "the $kind log is not replayed"
	"$hivels" dirty >listing 2>said
	! grep -q 'Run$' listing || die "without its log the hive knows what is in it"
done

[ -n "${POSTMORTEM_CORPUS:-}" ] && [ -d "$POSTMORTEM_CORPUS/registry" ] || { echo "hive.sh: no corpus, the rest was left out"; exit 0; }
for file in "$POSTMORTEM_CORPUS"/registry/*; do
	name=${file##*/}
	case $name in
	*.xz) xz -dc "$file" >"${name%.xz}" ;;
	*) cp "$file" . ;;
	esac
done
sed -n 's/.*"file": "\([^"]*\)".*"keys": \([0-9]*\), "values": \([0-9]*\).*/\1 \2 \3/p' EXPECTED.jsonl >expected
[ -s expected ] || die "no expectations"
while read -r name keys values; do
	same "${name%.xz}"
	python3 "$here/hive.py" count listing "$keys" "$values"
done <expected
"$hivels" -r plaso_corrupt_sub_key_list.hiv 2>said >/dev/null
grep -q '^100 keys, 100 values, 1 lost keys, .* 1 damage$' said || die "one damaged list costs more than one key"
set -- regipy_transactions_NTUSER.DAT regipy_transactions_ntuser.dat.log1 regipy_transactions_ntuser.dat.log2
python3 "$here/hive.py" replay "$1" out "$2" "$3"
out=out same "$@"
"$hivels" -d "$@" >listing 2>said
grep -q 'replayed 0 566-588' listing || die "not the entries that it waits for"

# What SYSTEM and SAM say, where that is known.
"$hivels" -f system regipy_SYSTEM_2 >facts 2>said
fact() { grep -qP "$1" facts || die "not among the facts: $1"; }
[ "$(grep -c '^F.service	' facts)" -ge 469 ] || die "services are missing"
fact '^F.control-set.ControlSet001.*.1.'
fact '^F.computer.ComputerName.SENSEI	'
fact '^F.time-zone.TimeZoneKeyName.Pacific Standard Time	'
fact '^F.time-zone.Bias.480	480	'
fact '^F.time-zone.StandardStart.month 11 week 1 weekday 0 at 02:00	'
fact '^F.shutdown.*2015-12-12T03:30:15.805342'
fact '^F.setting.NtfsDisableLastAccessUpdate.1	'
"$hivels" -f sam regipy_SAM >facts 2>said
fact '^F.account.Administrator.*	500	'

# 300 hives with a few bytes changed: all are read, and nothing else happens.
python3 - regipy_SAM regipy_BCD regipy_SECURITY 2012R2_Amcache.hve <<'PYTHON'
import random
import sys
random.seed(11)
for i in range(300):
    data = bytearray(open(random.choice(sys.argv[1:]), "rb").read())
    for _ in range(random.choice((1, 4, 30))):
        data[random.randrange(0, min(len(data), 60000))] = random.choice((0, 255, random.randrange(256)))
    open(f"mutant{i}", "wb").write(data)
PYTHON
for i in $(seq 0 299); do
	timeout 20 "$hivels" -rv mutant$i >/dev/null 2>said || { tail -3 said; die "mutant $i"; }
done
