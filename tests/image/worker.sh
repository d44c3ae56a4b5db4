#!/bin/bash
# worker.sh - what kills, hangs or starves a worker is set aside by name, and the rest of the image is examined; what happens
# to the evidence meanwhile, or to the programs that examine it, is never a case with fewer facts and no word of it.
# POSTMORTEM_FAULTS=N makes the loops N times as long.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3
need python3
times=${POSTMORTEM_FAULTS:-1}
export ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0:handle_segv=0
sanitized=0
! ldd "$postmortem" | grep -q asan && ! nm "$postmortem" 2>/dev/null | grep -q __asan_init || sanitized=1


cat >"$work/small.scenario" <<'END'
seed 11
disk bare
time 2021-02-28T03:00:00.0000000Z
volume v size=8M label=V letter=C
dir inetpub\wwwroot\aspnet_client
file inetpub\wwwroot\aspnet_client\good.aspx = shell oab password=x
file inetpub\wwwroot\aspnet_client\bad.aspx nonresident = text "$(TRIGGER)"
file inetpub\wwwroot\aspnet_client\later.aspx nonresident = shell simpleseesharp
END
small() { # FILE TRIGGER
	"$forge_program" "$work/small.scenario" --set "TRIGGER=$2" -o "$work/$1" >/dev/null 2>"$work/stderr" || { bad "forging $1: $(cat "$work/stderr")"; }
}
small plain.raw nothing
triage plain 0,3 "$work/plain.raw"
findings="SELECT group_concat(path || ' ' || rule, '|') FROM (SELECT path, rule FROM v_findings WHERE path NOT LIKE '%/bad.aspx' ORDER BY 1, 2)"
whole=$(ask plain "$findings")

# ---- a stream that ends its worker ----
${CC:-cc} -shared -fPIC -O1 -o "$work/shim.so" "$top/tests/shim.c" -ldl 2>"$work/stderr" || bad "the shim: $(cat "$work/stderr")"
set_aside() { # CASE TRIGGER WORDS
	small "$1.raw" "shim:$2"
	for jobs in 1 3; do
		LD_PRELOAD=$work/shim.so triage "$1$jobs" 3 -j $jobs --memory 512 "$work/$1.raw"
		expect "$2: what was set aside is named" "$1$jobs" "SELECT what || ' ' || count(*) FROM v_limitations WHERE path LIKE '%/bad.aspx' AND mft > 0" "set aside: it $3 twice 1"
		expect "$2: and nothing else is lost" "$1$jobs" "$findings" "$whole"
		expect "$2: it has a line of its own in the ledger" "$1$jobs" "SELECT items FROM v_ledger WHERE disposition LIKE 'set aside: its reading%'" 1
	done
	same "$2: whatever the number of threads" "$work/${1}1/case.db" "$work/${1}3/case.db"
}
if [ "$sanitized" = 0 ]; then # the shim gets in the way of a sanitizer, and that in the way of the limits
	set_aside crash crash 'ended its worker by SIGSEGV'
	set_aside eat eat 'needed more memory than a worker may take'
	grep -q '"kind":"restart".*"at":"volume 1, entry' "$work/crash1/run.jsonl" && ok || bad 'a restart is not in run.jsonl'
	grep -q '"protections_not_active"' "$work/crash1/run.jsonl" && ok || bad 'run.jsonl does not tell the protections'
	[ "$times" -gt 1 ] && set_aside hang hang 'used up the processor time that it is given'
else
	echo 'a sanitizer is built in: nothing is made to fail by the shim'
fi

# ---- a record of the $MFT that ends its worker ----
place=$(python3 - "$work/plain.raw" bad.aspx <<'PYTHON'
import sys
image, name = open(sys.argv[1], 'rb').read(), sys.argv[2].encode('utf-16le')
print(next(at for at in range(0, len(image), 1024) if image[at:at + 4] == b'FILE' and name in image[at:at + 1024]
	and 'good'.encode('utf-16le') not in image[at:at + 1024]))
PYTHON
)
if [ "$sanitized" = 0 ]; then
	SHIM_PLACE=$((place + 100)) LD_PRELOAD=$work/shim.so triage place 3 "$work/plain.raw"
	expect 'one record is set aside' place "SELECT what FROM v_limitations WHERE what LIKE 'set aside%'" 'set aside: it ended its worker by SIGSEGV twice'
	expect 'and counted as lost' place "SELECT lost || ' ' || state FROM v_coverage WHERE source = 'mft'" '1 partly'
	expect 'the others are there' place "$findings" "$whole"
fi

# ---- evidence that is written to while it is read ----
changed() { # NAME COMMAND
	cp "$work/plain.raw" "$work/changing.raw"
	touch "$work/slow"
	SHIM_SLOW=$work/slow LD_PRELOAD=$work/shim.so "$postmortem" triage -q -c "$work/$1" "$work/changing.raw" 2>"$work/stderr" &
	for try in $(seq 1000); do
		[ -z "$(find "$work/$1/work" -name shard.db -size +100k 2>/dev/null)" ] || break
		sleep 0.02
	done
	sleep 0.3
	(cd "$work" && eval "$2")
	rm "$work/slow"
	wait $!
	[ $? = 4 ] && ok || bad "$1: the status is not 4: $(cat "$work/stderr")"
	expect "$1: the case says so" "$1" "SELECT count(*) FROM v_limitations WHERE what LIKE 'not examined to its end: %changing.raw%'" 1
	grep -q '"state":"changed"' "$work/$1/run.jsonl" && ok || bad "$1: run.jsonl does not say so"
}
if [ "$sanitized" = 0 ]; then
	changed cut 'truncate -s 4M changing.raw'
	changed written 'printf x | dd of=changing.raw bs=1 seek=5000000 conv=notrunc status=none'
	changed replaced 'mv changing.raw gone.raw; cp plain.raw changing.raw'
	changed removed 'rm changing.raw'
fi

# ---- kill -9, of the supervisor and of its workers ----
forge compromised big.raw
triage big 0,3 "$work/big.raw"
for i in $(seq $((8 * times))); do
	rm -rf "$work/killed"
	"$postmortem" triage -q -c "$work/killed" "$work/big.raw" 2>/dev/null &
	sleep "0.0$((RANDOM % 90 + 10))"
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
	until flock -n "$work/killed/.lock" true 2>/dev/null || [ ! -e "$work/killed/.lock" ]; do sleep 0.02; done
	for try in $(seq 50); do # the worker of a dead supervisor is told to stop, and holds its shard until then
		"$postmortem" triage -q -c "$work/killed" "$work/big.raw" 2>"$work/stderr"
		status=$?
		[ $status = 0 ] || [ $status = 3 ] && break
		sleep 0.1
	done
	same "kill $i of a supervisor" "$work/big/case.db" "$work/killed/case.db"
done
for i in $(seq $((8 * times))); do
	rm -rf "$work/killed"
	"$postmortem" triage -q -c "$work/killed" "$work/big.raw" 2>/dev/null &
	supervisor=$!
	sleep "0.0$((RANDOM % 90 + 10))"
	worker=$(cat /proc/$supervisor/task/$supervisor/children 2>/dev/null)
	[ -z "$worker" ] || kill -9 $worker 2>/dev/null
	wait $supervisor
	same "kill $i of a worker" "$work/big/case.db" "$work/killed/case.db"
done

# ---- reads that fail, memory that is not there, a disk that is full ----
facts='SELECT count(*) FROM v_findings UNION ALL SELECT count(*) FROM v_files'
honest() { # WHAT STATUS CASE: 0 only with every fact; else any word but a crash
	case $2 in
	0) [ "$(ask "$3" "$facts")" = "$(ask plain "$facts")" ] && ok || bad "$1: status 0 with fewer facts" ;;
	1 | 3 | 4 | 5) ok ;;
	127) ok ;; # the loader itself could not read the program
	*) bad "$1: status $2" ;;
	esac
}
if [ "$sanitized" = 0 ]; then
	step=$((7919 / times + 1))
	for n in 1 2 3 5 8 13 21 $(seq 40 $step 60000); do
		rm -rf "$work/nomem"
		SHIM_MALLOC=$n LD_PRELOAD=$work/shim.so "$postmortem" triage -q -j 1 -c "$work/nomem" "$work/plain.raw" >/dev/null 2>"$work/stderr"
		honest "allocation $n fails" $? nomem
	done
fi
if command -v strace >/dev/null && strace -f -o "$work/trace" -e trace=pread64 true 2>/dev/null; then
	for n in $(seq 1 $((9 / (times > 9 ? 9 : times) + 1)) 60); do
		rm -rf "$work/eio"
		strace -f -o "$work/trace" -e trace=pread64 -e inject=pread64:error=EIO:when=$n \
			"$postmortem" triage -q -j 1 -c "$work/eio" "$work/plain.raw" >/dev/null 2>"$work/stderr"
		honest "read $n fails" $? eio
	done
fi
(ulimit -f 40 && "$postmortem" triage -q -c "$work/full" "$work/big.raw" 2>/dev/null)
[ $? = 1 ] && ok || bad 'a file that must not grow is no failure'
triage full 0,3 "$work/big.raw"
same 'and the run after it is whole' "$work/big/case.db" "$work/full/case.db"

# ---- what a worker does in a whole run, as the kernel saw it ----
if command -v strace >/dev/null && strace -f -o "$work/trace" true 2>/dev/null; then
	strace -f -o "$work/trace" "$postmortem" triage -q -c "$work/traced" "$work/big.raw" 2>/dev/null
	python3 - "$work/trace" "$work" <<'PYTHON' && ok || bad 'a worker did what it must not'
import re, sys
inside, wrong, calls = set(), [], 0
for line in open(sys.argv[1], errors='replace'):
	found = re.match(r'(\d+) +(\w+)\((.*)', line)
	if not found:
		continue
	pid, call, rest = found.groups()
	if call == 'seccomp' and 'SECCOMP_SET_MODE_FILTER' in rest and '= 0' in rest and 'NULL' not in rest:
		inside.add(pid)
		continue
	if pid not in inside:
		continue
	calls += 1
	if call in ('clone', 'clone3'):
		child = re.search(r'= (\d+)', rest)
		if child:
			inside.add(child.group(1))
	elif call in ('open', 'openat', 'openat2', 'creat'):
		path = re.search(r'"([^"]*)"', rest).group(1)
		if ' = -1 ' not in rest and re.search('O_WRONLY|O_RDWR|O_CREAT', rest) and '/traced/work/' not in path:
			wrong.append(line)
	elif call in ('socket', 'connect', 'execve', 'ptrace', 'mount', 'fork', 'vfork', 'kill', 'chmod', 'rename', 'symlink', 'link'):
		wrong.append(line)
sys.stdout.writelines(wrong)
sys.exit(0 if inside and calls > 50 and not wrong else 1)
PYTHON
fi
finish
