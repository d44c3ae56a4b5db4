#!/bin/sh
# schema.sh - schema.sql as a C string, its four words written out. Usage: schema.sh schema.sql >schema.h
#
# TIME(x)      FILETIME as ISO 8601, NULL where no four-digit year can say it
# STAMP(x)     the same with ticks:N there
# STRANGE(x)   set, and not in the years 1970 to 2037
# UNSIGNED(x)  FILETIME as a number; as text from 2^63 on, which SQLite sorts behind all numbers
# TRUST(f, c)  what is known against a file f and its content c, in words; NULL for nothing
set -eu
last=2650467743999999999 # the last tick of 9999
text="strftime('%Y-%m-%dT%H:%M:%S', \\1 \/ 10000000 - 11644473600, 'unixepoch') || printf('.%07dZ', \\1 % 10000000)"
date="CASE WHEN \\1 BETWEEN 0 AND $last THEN $text"
number="printf('%llu', \\1)"
doubt="nullif(rtrim(iif(\\1.flags \& 1048576, 'entry unverified, ', '') || iif(\\2.trust \& 1, 'missing, ', '')"
doubt="$doubt || iif(\\2.trust \& 2, 'unverified, ', '') || iif(\\2.trust \& 4, 'not acquired, ', '')"
doubt="$doubt || iif(\\2.trust \& 8, 'damaged, ', ''), ', '), '')"
strange="\\1 <> 0 AND \\1 NOT BETWEEN 116444736000000000 AND 137903903999999999"
echo '/* Made by schema.sh from schema.sql. */'
echo 'static const char schema_text[] ='
sed -e '/^--/d' -e '/^$/d' \
	-e "s/\\bTIME(\\([a-z_.]*\\))/$date END/g" \
	-e "s/\\bSTAMP(\\([a-z_.]*\\))/$date WHEN \\1 IS NOT NULL THEN 'ticks:' || $number END/g" \
	-e "s/\\bSTRANGE(\\([a-z_.]*\\))/$strange/g" \
	-e "s/\\bUNSIGNED(\\([a-z_.]*\\))/iif(\\1 < 0, $number, \\1)/g" \
	-e "s/\\bTRUST(\\([a-z]*\\), \\([a-z]*\\))/$doubt/g" \
	-e 's/["\\]/\\&/g' -e 's/^/	"/' -e 's/$/\\n"/' "$1"
echo '	;'
