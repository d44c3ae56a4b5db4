#!/bin/bash
# accounts.sh - from findings back to the logs: what else came from there, who used a shell, whose password was guessed.
. "$(dirname "$0")/common.sh"
need sqlite3
need_forge

# expect WHAT SQL ANSWER
expect() {
	answer=$(sqlite3 -readonly "$work/case/case.db" "$2")
	if [ "$answer" = "$3" ]; then ok; else bad "$1: got '$answer', expected '$3'"; fi
}

forge passwords passwords.raw
triage case 0,3 -j1 "$work/passwords.raw"
triage case2 0,3 -j2 "$work/passwords.raw"
same 'one thread and two' "$work/case/case.db" "$work/case2/case.db"

# what IIS has of each address, counted with other means: the log as icat gives it
offset=$(sqlite3 -readonly "$work/case/case.db" 'SELECT volume / 512 FROM v_volumes LIMIT 1')
icat_logs() {
	sqlite3 -readonly "$work/case/case.db" "SELECT mft FROM v_files WHERE path LIKE '/inetpub/logs/LogFiles/W3SVC1/%.log'" |
		while read -r entry; do icat -o "$offset" "$work/passwords.raw" "$entry"; done
}
if command -v icat >/dev/null; then
	icat_logs >"$work/iis.log"
	for address in 192.0.2.50 198.51.100.77 198.51.100.88; do
		expect "every request of $address in IIS is an event" \
			"SELECT count(*) FROM (SELECT DISTINCT source, offset FROM v_timeline WHERE kind = 'iis.request' AND subject = '$address')" \
			"$(grep -cF " $address " "$work/iis.log")"
	done
	expect 'with the line as it stands in the log' \
		"SELECT DISTINCT raw FROM v_timeline WHERE subject = '192.0.2.50' AND summary LIKE '%help%20me.aspx 404%'" \
		"$(grep -F ' 192.0.2.50 ' "$work/iis.log" | grep -F ' 404 ' | tr -d '\r')"
fi
expect 'an address is not one that it is the beginning of' "SELECT count(*) FROM v_timeline WHERE subject = '192.0.2.5'" 0
expect 'what is kept is context' "SELECT DISTINCT level FROM v_timeline WHERE summary LIKE '%; from the address that%'" info

guessed="SELECT group_concat(substr(basis, 1, instr(basis, ' ') - 1), ' ') FROM (SELECT * FROM v_findings WHERE rule = 'password-guessed' ORDER BY time)"
expect 'the two passwords that were guessed' "$guessed" 'EXAMPLE\heidi EXAMPLE\svc-scan'
expect 'are findings of level high' "SELECT DISTINCT level || ' ' || technique FROM v_findings WHERE rule = 'password-guessed'" 'high T1110'
expect 'the first time that each was right' "SELECT group_concat(time, ' ') FROM (SELECT time FROM v_findings WHERE rule = 'password-guessed' ORDER BY time)" \
	'2021-02-25T12:10:00.0000000Z 2021-02-27T02:00:00.0000000Z'
tells() { echo "SELECT group_concat(level || ' ' || substr(basis, 1, instr(basis, ',') - 1), '; ') FROM v_findings WHERE rule = '$1'"; }
expect 'a spray' "$(tells password-spray)" 'medium 198.51.100.77'
expect 'brute force, also where it led to nothing' "$(tells password-brute-force)" 'medium 198.51.100.88; medium 198.51.100.99'
expect 'an office behind one address is no attack' "$(tells password-crowd)" 'info 203.0.113.200'
expect 'nor is a phone' "$(tells password-stale)" 'info 10.0.0.91 (private)'
expect 'the counts are those of the log' "SELECT basis LIKE '%: 150 passwords were wrong, 150 requests led back %' FROM v_findings WHERE basis LIKE '198.51.100.88,%'" 1
expect 'an answer of the NTLM handshake is no wrong password' "SELECT basis LIKE '%: 130 passwords were wrong,%' FROM v_findings WHERE basis LIKE '198.51.100.99,%'" 1

expect 'the shell was used, and from where' \
	"SELECT level || ' ' || substr(basis, 1, instr(basis, ';') - 1) FROM v_findings WHERE rule = 'page-used'" \
	'high /owa/auth/help me.aspx was asked for 4 times and delivered 3 times, 2 of them with POST, from 2021-03-05T04:10:09.0000000Z to 2021-03-05T04:13:00.0000000Z, by 2 addresses: 10.9.9.9 (private) 192.0.2.50'

expect 'the accounts' "SELECT group_concat(DISTINCT name) FROM (SELECT name FROM v_accounts ORDER BY name)" 'dan,grace,heidi,svc-scan'
expect 'the mailbox of another' "SELECT DISTINCT account || ' ' || mailbox || ' ' || protocol FROM v_accounts WHERE mailbox LIKE '%@%'" 'EXAMPLE\svc-scan ceo@example.test owa'
expect 'by the program alone, too' "SELECT count(*) > 0 FROM v_accounts WHERE address = '192.0.2.51' AND why LIKE '%program: %'" 1
expect 'why is a finding' "SELECT count(*) FROM v_accounts a WHERE NOT EXISTS (SELECT 1 FROM v_findings WHERE instr(a.why, finding))" 0
run 0 accounts "$work/case" --json
grep -q '"account":"EXAMPLE\\\\dan".*"protocol":"owa"' "$work/stdout" && ok || bad 'accounts --json'
expect 'the second scan is accounted for' "SELECT state FROM v_coverage WHERE source = 'second scan of the logs'" read
expect 'logs that hold none of it are not read twice, and are counted' \
	"SELECT CAST(substr(reason, instr(reason, 'a second time: ') + 15) AS INTEGER) BETWEEN items / 2 AND items - 1
	 FROM v_coverage WHERE source = 'second scan of the logs' AND reason LIKE '%; not read a second time: % of the ' || items || ' logs, since%'" 1
run 0,3 verify -c "$work/case" "$work/passwords.raw"

# nothing is named: nothing is read twice, and it is said
forge clean clean.raw
triage clean 0,3 "$work/clean.raw"
mv "$work/case" "$work/passwords" && mv "$work/clean" "$work/case"
expect 'no second scan' "SELECT state FROM v_coverage WHERE source = 'second scan of the logs'" skipped
expect 'and no accounts' 'SELECT count(*) FROM v_accounts' 0
finish
