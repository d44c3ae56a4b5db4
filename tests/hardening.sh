#!/bin/sh
# hardening.sh - what the compiler and the linker were asked for stands in the program that they made.
set -eu
program=${POSTMORTEM:-./postmortem}
command -v readelf >/dev/null || exit 77
if readelf -sW --dyn-syms "$program" | grep -q '__asan_init'; then
	echo 'hardening.sh: built with sanitizers, which take the place of some of this'
	exit 77
fi
bad=0
must() { # WHAT PATTERN OPTIONS...
	what=$1 pattern=$2
	shift 2
	readelf -W "$@" "$program" | grep -Eq "$pattern" || { echo "hardening.sh: no $what"; bad=1; }
}
must_not() {
	what=$1 pattern=$2
	shift 2
	if readelf -W "$@" "$program" | grep -Eq "$pattern"; then echo "hardening.sh: $what"; bad=1; fi
}
must 'position-independent program' 'Type: +DYN' -h
must 'read-only relocations' 'GNU_RELRO' -l
must 'binding of all symbols at the start' 'BIND_NOW|FLAGS_1.*NOW' -d
must 'stack that cannot be run' 'GNU_STACK.* RW ' -l
must_not 'a segment that can be written and run' 'LOAD.* RWE ' -l
must_not 'a search path for libraries' '\((RPATH|RUNPATH)\)' -d
must 'stack protector' '__stack_chk_fail' --dyn-syms
must 'checked functions of the C library (_FORTIFY_SOURCE)' '_chk@' --dyn-syms
exit $bad
