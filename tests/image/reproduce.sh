#!/bin/bash
# reproduce.sh - every command that a finding prints is run, on images of every shape: it must show the same bytes and
# end with the SHA-256 that the case states.
set -u
. "$(dirname "$0")/common.sh"
need_forge
for program in sqlite3 icat img_cat istat python3 xxd ewfexport; do need $program; done

mkdir "$work/images"
images=$work/images

# check WHAT CASE KIND...: all commands of a case are run; of each kind there must be some.
check() {
	what=$1 case_folder=$2
	shift 2
	python3 "$here/reproduce.py" "$work/$case_folder" "$images" >"$work/told" 2>&1
	[ "$(wc -l <"$work/told")" = 1 ] && ok || { bad "$what: commands that show something else"; head -20 "$work/told"; }
	for kind in "$@"; do
		tail -1 "$work/told" | grep -q "[1-9][0-9]* $kind" && ok || bad "$what: no finding of the kind '$kind': $(tail -1 "$work/told")"
	done
}

# ---- what there is to find, in plain and in hostile images ----
forge compromised images/compromised.raw
forge hostile images/hostile.raw
forge stomped images/stomped.raw
forge patched images/patched.raw
forge hidden images/hidden.raw
for name in compromised hostile stomped patched hidden; do triage $name 0,3 "$images/$name.raw"; done
check compromised compromised 'stream with a hash' 'name without a hash'
check hostile hostile 'stream with a hash' 'index with a hash'
check stomped stomped 'stream with a hash'
check patched patched 'stream with a hash'
check hidden hidden 'stream with a hash' 'slack with a hash'

# ---- and what they lie in, and the rule ----
# checks CASE FINDING: the commands of its other steps are run; each must tell what it is to tell.
checks() {
	run 0 show "$work/$1" "$2"
	sed -n 's/^check *//p' "$work/stdout" >"$work/checks"
	sector=$(($(ask "$1" "SELECT volume FROM v_findings WHERE finding = '$2'") / 512))
	entry=$(ask "$1" "SELECT mft FROM v_findings WHERE finding = '$2'")
	rule=$(ask "$1" "SELECT rule FROM v_findings WHERE finding = '$2'")
	while IFS= read -r command; do
		case $command in
		ewfverify*) wanted='SUCCESS' folder=$images ;;
		sha256sum*) wanted='^[0-9a-f]{64} ' folder=$images ;;
		mmls*) wanted=" 0*$sector " folder=$images ;;
		istat*) wanted="Entry: $entry " folder=$images ;;
		yara*)
			wanted="^$rule " folder=$POSTMORTEM_PROFILES
			"$postmortem" extract "$work/$1" "$2" -o "$work/extracted-$2" 2>/dev/null || continue
			command=${command/ $2.bin/ "'$work/extracted-$2/$2.bin'"}
			yara=$((yara + 1))
			;;
		*) wanted='^$' folder=/ ;;
		esac
		(cd "$folder" && eval "$command") >"$work/told" 2>&1
		grep -qE "$wanted" "$work/told" && ok || bad "$2: '$command' tells: $(head -5 "$work/told")"
	done <"$work/checks"
}
yara=0
if command -v yara >/dev/null; then
	for finding in $(ask compromised "SELECT finding FROM v_findings JOIN v_rules USING (rule) WHERE kind = 'yara' AND sha256 IS NOT NULL AND stream = '' GROUP BY path LIMIT 5"); do
		checks compromised "$finding"
	done
	[ "$yara" -gt 2 ] && ok || bad "only $yara commands for yara"
fi

# ---- containers, and names that a shell could take otherwise ----
odd="a b'c\"d\$(touch x)
\`e\`.E01"
forge compromised images/whole.E01
mv "$images/whole.E01" "$images/$odd"
mv "$images/stomped.raw" "$images/-o stomped.raw"
split -b 24M -d -a 3 --numeric-suffixes=1 "$images/patched.raw" "$images/it's split."
rm "$images/patched.raw" "$images/compromised.raw"
triage odd 0,3 "$images/$odd"
check 'an E01 with an odd name' odd 'stream with a hash'
command -v ewfverify >/dev/null && checks odd "$(ask odd "SELECT finding FROM v_findings WHERE mft IS NOT NULL LIMIT 1")"
grep -q '^ewfverify ' "$work/checks" && ok || bad 'no command for the container'
triage dash 0,3 "$images/-o stomped.raw"
check 'a name that looks like an option' dash 'stream with a hash'
triage parts 0,3 "$images/it's split.001"
check 'a split image' parts 'stream with a hash'
[ -e "$images/x" ] && bad 'a name was run' || ok

# ---- volumes and entries that The Sleuth Kit does not open: their places on the media are told ----
cat >"$work/small.scenario" <<'END'
seed 61
disk gpt
time 2021-03-01T10:00:00.0000001Z
partition msr size=2M name="Microsoft reserved partition"
volume data size=24M label=Data letter=C
dir inetpub\wwwroot\aspnet_client\system_web
file inetpub\wwwroot\aspnet_client\system_web\shell.aspx nonresident = shell oab password=orange
file inetpub\wwwroot\aspnet_client\resident.aspx = shell sportsball
file inetpub\wwwroot\aspnet_client\parts.aspx fragments=4 = shell oab password=apple
stream inetpub\wwwroot\aspnet_client\resident.aspx second.aspx nonresident = shell oab password=pear
file big\one.bin fragments=5 = random 300000
END
"$forge_program" "$work/small.scenario" -o "$work/small.raw" >/dev/null 2>"$work/stderr" || bad "forging: $(cat "$work/stderr")"
for kind in boot-zero boots-zero slack record-0-zero mft-runs-elsewhere mft-runs-elsewhere-both boots-and-record-0 boot-foreign-name gpt-both-zero bare-boots-zero; do
	python3 "$here/mutate.py" $kind "$work/small.raw" "$images/$kind.raw" 2>"$work/stderr" || { bad "$kind: $(tail -1 "$work/stderr")"; continue; }
	triage "x-$kind" 0,3 "$images/$kind.raw"
	check "$kind" "x-$kind" 'stream with a hash'
done
python3 "$here/reproduce.py" "$work/x-slack" "$images" | grep -q 'volume with a hash' && ok || bad 'nothing is found behind the last cluster'
finish
