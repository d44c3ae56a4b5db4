# common.sh - what the tests over whole images share; sourced. POSTMORTEM and FORGE name the programs.
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
postmortem=${POSTMORTEM:-$PWD/postmortem}
forge_program=${FORGE:-$PWD/fixtures/forge/forge}
export POSTMORTEM_PROFILES=$top/profiles
work=$(mktemp -d) passed=0 failed=0
trap 'rm -rf "$work"' EXIT

ok() { passed=$((passed + 1)); }
bad() {
	failed=$((failed + 1))
	echo "FAILED: $*"
}
skip() {
	echo "skipped: $*"
	exit 77
}
need() { command -v "$1" >/dev/null || skip "$1 is not installed"; }
need_forge() { [ -x "$forge_program" ] || skip 'the forge was not built: libntfs-3g is missing'; }

# forge SCENARIO FILE [OPTION]...
forge() {
	scenario=$1 file=$2
	shift 2
	"$forge_program" "$top/fixtures/scenarios/$scenario.scenario" -o "$work/$file" "$@" >/dev/null 2>"$work/stderr" ||
		{ bad "forging $file"; cat "$work/stderr"; }
}

# run STATUSES ARGUMENT...: the exit status must be one of them, commas between.
run() {
	wanted=$1
	shift
	"$postmortem" "$@" >"$work/stdout" 2>"$work/stderr"
	status=$?
	case ",$wanted," in
	*",$status,"*) ok ;;
	*)
		bad "postmortem $*: status $status, expected $wanted"
		tail -5 "$work/stderr"
		;;
	esac
}

# triage CASE STATUSES ARGUMENT...
triage() {
	case_folder=$1 statuses=$2
	shift 2
	run "$statuses" triage -q -c "$work/$case_folder" "$@"
}

# ask CASE SQL
ask() { sqlite3 "$work/$1/case.db" "$2"; }

# expect WHAT CASE SQL VALUE
expect() {
	got=$(ask "$2" "$3")
	[ "$got" = "$4" ] && ok || bad "$1: expected '$4', got '$got'"
}

same() {
	if cmp -s "$2" "$3"; then ok; else bad "$1: $2 and $3 differ"; fi
}

finish() {
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
	exit
}
