#!/bin/bash
# ledger.sh - every byte, record and chosen stream stands in one line, and what rests on doubtful bytes says so.
set -u
. "$(dirname "$0")/common.sh"
need_forge
need sqlite3

# balanced CASE: the lines of each account add up to its total, and nobody had to say otherwise.
balanced() {
	wrong=$(ask "$1" "SELECT volume, account FROM v_ledger GROUP BY evidence, volume, account
		HAVING sum(items * iif(disposition = 'total', -1, 1)) <> 0 OR sum(bytes * iif(disposition = 'total', -1, 1)) <> 0
			OR max(disposition = 'total') = 0")
	[ -z "$wrong" ] && ok || bad "$1: these accounts do not balance: $wrong"
	[ "$(ask "$1" "SELECT count(*) FROM v_limitations WHERE what LIKE '%does not balance%'")" = 0 ] && ok ||
		bad "$1: the ledger was found not to balance"
}

# ---- the sums, against what others count ----
for scenario in clean compromised hidden hostile; do
	forge "$scenario" "$scenario.raw"
	triage "$scenario" 0,3 --files all "$work/$scenario.raw"
	balanced "$scenario"
	[ "$(ask "$scenario" "SELECT bytes FROM v_ledger WHERE account = 'media' AND disposition = 'total'")" = \
		"$(stat -c %s "$work/$scenario.raw")" ] && ok || bad "$scenario: the media account is not as large as the image"
	[ "$(ask "$scenario" "SELECT sum(bytes) FROM v_ledger WHERE account = 'records' AND disposition = 'total'")" = \
		"$(ask "$scenario" "SELECT sum(bytes) FROM v_files WHERE mft = 0 AND stream = '' AND path LIKE '/\$MFT'")" ] && ok ||
		bad "$scenario: the records account is not as large as the \$MFT"
	[ "$(ask "$scenario" "SELECT items FROM v_ledger WHERE account = 'streams' AND disposition = 'total' ORDER BY 1 DESC LIMIT 1")" = \
		"$(ask "$scenario" "SELECT count(DISTINCT mft || ' ' || attribute) n FROM v_files WHERE flags & 4 AND NOT flags & 4096 GROUP BY volume ORDER BY n DESC LIMIT 1")" ] && ok ||
		bad "$scenario: another number of streams is marked as chosen"
done
triage listed 3 --stages walk "$work/compromised.raw"
balanced listed
[ "$(ask listed "SELECT count(*) FROM v_ledger WHERE disposition = 'left out by the user' AND items > 1000")" = 1 ] && ok ||
	bad 'streams left out by the user are not in the ledger'
run 0 ledger "$work/compromised"
grep -q 'streams *total' "$work/stdout" && ok || bad 'the verb shows no total'

# ---- a flipped bit in an E01 chunk costs nothing but a mark on what rests on it ----
flip() { # FILE OFFSET
	byte=$(dd if="$1" bs=1 skip="$2" count=1 status=none | od -An -tu1)
	printf "\\$(printf %03o $((byte ^ 32)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
place() { LC_ALL=C grep -abo "$2" "$1" | head -1 | cut -d: -f1; }
forge compromised plain.E01 --compress none
triage plain 0,3 --files all "$work/plain.E01"

# in a log: every file is still there, the finding too, and the doubt with it
at=$(place "$work/plain.E01" 'ServerInfo~a\]@')
flip "$work/plain.E01" $((at + 2))
triage doubt 3 --files all "$work/plain.E01"
balanced doubt
[ "$(ask doubt 'SELECT count(*) FROM v_files')" = "$(ask plain 'SELECT count(*) FROM v_files')" ] && ok ||
	bad 'a flipped bit in a log cost files'
[ "$(ask doubt "SELECT sum(items) FROM v_ledger WHERE disposition LIKE '%unverified%'")" -gt 0 ] && ok ||
	bad 'no stream is accounted for as unverified'
[ "$(ask doubt "SELECT count(*) FROM v_files WHERE trust = 'unverified'")" -gt 0 ] && ok || bad 'no file is marked as unverified'
[ "$(ask doubt "SELECT count(*) FROM v_files WHERE trust IS NOT NULL")" -lt 200 ] && ok || bad 'far more is marked than one chunk holds'
[ "$(ask doubt "SELECT count(*) FROM v_findings WHERE basis LIKE '%unverified%'")" -gt 0 ] && ok ||
	bad 'no finding says that it rests on unverified bytes'
[ "$(ask doubt "SELECT count(*) FROM v_verdict WHERE reason LIKE '%unverified%'")" -gt 0 ] && ok ||
	bad 'no verdict says that it rests on unverified bytes'
[ "$(ask plain "SELECT count(*) FROM v_verdict WHERE reason LIKE '%unverified%'")" = 0 ] && ok ||
	bad 'a verdict is doubted without a reason'

# in the $MFT: the entries of that chunk are marked, and no other
at=$(place "$work/plain.E01" 'B.u.i.l.t.i.n\|s.u.p.p.0.r.t')
flip "$work/plain.E01" "$at"
triage record 3 --files all "$work/plain.E01"
balanced record
[ "$(ask record "SELECT count(DISTINCT mft) BETWEEN 1 AND 64 FROM v_files WHERE trust LIKE '%entry unverified%'")" = 1 ] && ok ||
	bad 'the entries of a doubtful chunk are not marked, or too many are'
[ "$(ask record "SELECT count(*) > 0 AND min(basis LIKE '%its MFT entry rests on damaged or unverified bytes%') FROM v_findings
	WHERE mft IN (SELECT mft FROM v_files WHERE trust LIKE '%entry unverified%')")" = 1 ] && ok ||
	bad 'findings of names and times do not say that their entry is in doubt'
[ "$(ask plain "SELECT count(*) FROM v_findings WHERE basis LIKE '%its MFT entry rests on%'")" = 0 ] && ok || bad 'an entry is doubted without a reason'
finish
