#!/usr/bin/env python3
# multiply.py - one finding of a case a few thousand times over, with names that would like to act. Usage: multiply.py CASE_DB N
import sqlite3
import sys

names = ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>', '\u202e\x1b[31m', "' onmouseover=alert(1) x='"]
db = sqlite3.connect(sys.argv[1])
found = db.execute("SELECT * FROM finding WHERE level = 'high' AND path IS NOT NULL ORDER BY ticks IS NULL, finding LIMIT 1")
columns = [c[0] for c in found.description]
one = dict(zip(columns, found.fetchone()))
sql = "INSERT INTO finding (%s) VALUES (%s)" % (", ".join(columns), ", ".join(":" + c for c in columns))
for i in range(int(sys.argv[2])):
    db.execute(sql, dict(one, finding="%016x" % (i * 7919 + 1), ticks=(one["ticks"] or 0) + i * 100000000, title=one["title"] + names[i % 4],
                         path=one["path"] + str(i), excerpt="</code></details><svg onload=alert(1)>\0", basis='=HYPERLINK("http://x")'))
db.execute("UPDATE verdict SET findings = findings || ' </code><script>alert(2)</script>' WHERE question = 'overall'")
db.execute("UPDATE evidence SET name = '</title><script>alert(3)</script>\u2066' || name")
db.commit()
