-- schema.sql - a case, and a shard of one: tables for the writer, views for everybody else.
--
-- Made into schema.h by schema.sh, which writes out TIME(x), STAMP(x), STRANGE(x), UNSIGNED(x) and TRUST(f, c).
--
-- Numbers that tie rows together: evidence is 1 in a shard; a volume is evidence << 16 | number, with number 0 for
-- "none"; a folder is volume << 32 | number; the other ids are evidence << 40 | number. So all rows of one exhibit lie
-- together in each table, and a merge only has to exchange the exhibit. Evidence 0 is the case as a whole.
--
-- Times are FILETIME; those from 2^63 on are negative here and shown as what they are. Names and paths are UTF-8; in a
-- name NUL stands as \u{0}, '/' as \u{2f}, a lone surrogate as \u{d800}, and a real \u{ as \u{5c}u{: one name, one text.

CREATE TABLE setting (
	evidence INTEGER NOT NULL,
	key TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (evidence, key)
) STRICT, WITHOUT ROWID;

-- what a shard has wholly; empty in a case
CREATE TABLE stage (
	name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence (
	id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 32767),
	name TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	format TEXT NOT NULL,
	segments INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	sector_size INTEGER NOT NULL,
	md5_stored TEXT, sha1_stored TEXT, md5 TEXT, sha1 TEXT, sha256 TEXT,
	hash_state TEXT NOT NULL CHECK (hash_state IN ('match', 'mismatch', 'not-stored', 'not-computed')),
	bad_chunks INTEGER NOT NULL,
	acquired TEXT, examiner TEXT, case_number TEXT, evidence_number TEXT, description TEXT, notes TEXT,
	software TEXT, exhibit TEXT
) STRICT;

CREATE TABLE volume (
	id INTEGER PRIMARY KEY,
	offset INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	fs TEXT NOT NULL,
	label TEXT, serial TEXT,
	cluster_size INTEGER,
	snapshot TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('read', 'partly', 'skipped')),
	reason TEXT, host TEXT
) STRICT;

CREATE TABLE folder (
	id INTEGER PRIMARY KEY,
	state INTEGER NOT NULL,
	path TEXT NOT NULL
) STRICT;

-- one row for each name of each stream; flags as enum file_flags in case.h
CREATE TABLE file (
	id INTEGER PRIMARY KEY,
	volume INTEGER NOT NULL,
	mft INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	attribute INTEGER NOT NULL,
	folder INTEGER NOT NULL,
	flags INTEGER NOT NULL,
	attributes INTEGER NOT NULL,
	reparse INTEGER NOT NULL,
	bytes INTEGER,
	si_created INTEGER, si_modified INTEGER, si_changed INTEGER, si_accessed INTEGER,
	fn_created INTEGER, fn_modified INTEGER, fn_changed INTEGER, fn_accessed INTEGER,
	name TEXT NOT NULL,
	stream TEXT NOT NULL
) STRICT;

-- where junctions and symbolic links lead: the name that Windows follows, and the one it shows where that is another
CREATE TABLE reparse (
	volume INTEGER NOT NULL,
	mft INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	target TEXT NOT NULL,
	shown TEXT,
	PRIMARY KEY (volume, mft, seq)
) STRICT, WITHOUT ROWID;

-- one row for each stream that was read; kept is the SHA-256 of what was kept of it; of a deleted file, its clusters
-- and how many of them belong to something else by now, or are claimed by another deleted file, too; trust is a mask of TRUST_* (source.h)
CREATE TABLE content (
	volume INTEGER NOT NULL,
	mft INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	attribute INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	md5 BLOB, sha1 BLOB, sha256 BLOB,
	baseline TEXT CHECK (baseline IN ('known', 'other-build', 'unknown-hash', 'unexpected-path')),
	role TEXT,
	kept BLOB,
	trust INTEGER NOT NULL,
	clusters INTEGER,
	reused INTEGER,
	shared INTEGER,
	PRIMARY KEY (volume, mft, seq, attribute)
) STRICT, WITHOUT ROWID;

-- who owns a file that was chosen: the SID, and its name where that is the same on every host
CREATE TABLE owner (
	volume INTEGER NOT NULL,
	mft INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	sid TEXT NOT NULL,
	name TEXT,
	PRIMARY KEY (volume, mft, seq)
) STRICT, WITHOUT ROWID;

-- bytes that the case keeps, each content once
CREATE TABLE blob (
	sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
	bytes INTEGER NOT NULL,
	data BLOB NOT NULL CHECK (length(data) = bytes)
) STRICT;

CREATE TABLE finding (
	evidence INTEGER NOT NULL,
	finding TEXT NOT NULL,
	volume INTEGER NOT NULL,
	file INTEGER,
	ticks INTEGER,
	level TEXT NOT NULL CHECK (level IN ('info', 'low', 'medium', 'high', 'critical')),
	stage TEXT, technique TEXT, cve TEXT,
	rule TEXT NOT NULL,
	author TEXT, title TEXT NOT NULL,
	path TEXT,
	sha256 BLOB,
	mft INTEGER, seq INTEGER,
	stream TEXT NOT NULL,
	offset INTEGER NOT NULL, length INTEGER NOT NULL,
	excerpt TEXT, basis TEXT, benign TEXT, reproduce TEXT,
	rests_on TEXT, -- what offset counts in: stream, slack, index, index root or volume; name where it rests on no bytes
	attribute INTEGER,
	bytes_sha256 BLOB, -- of the bytes at offset
	PRIMARY KEY (evidence, finding)
) STRICT, WITHOUT ROWID;

-- raw: the line of a log; fields: the same taken apart, as a JSON object, so that rules can be asked of it again
CREATE TABLE event (
	id INTEGER PRIMARY KEY,
	volume INTEGER NOT NULL,
	ticks INTEGER NOT NULL,
	kind TEXT NOT NULL,
	source TEXT NOT NULL,
	subject TEXT, summary TEXT,
	stage TEXT,
	level TEXT CHECK (level IN ('info', 'low', 'medium', 'high', 'critical')),
	finding TEXT, rule TEXT,
	file INTEGER,
	mft INTEGER,
	stream TEXT NOT NULL,
	offset INTEGER,
	raw TEXT,
	fields TEXT
) STRICT;

CREATE TABLE coverage (
	id INTEGER PRIMARY KEY,
	evidence INTEGER NOT NULL,
	source TEXT NOT NULL,
	path TEXT,
	state TEXT NOT NULL CHECK (state IN ('read', 'partly', 'empty', 'absent', 'unreadable', 'skipped')),
	first INTEGER, last INTEGER,
	items INTEGER NOT NULL, lost INTEGER NOT NULL, bytes INTEGER NOT NULL,
	reason TEXT
) STRICT;

-- one row for each text log that was chosen, whatever became of it; lost lines could not be taken apart
CREATE TABLE log (
	id INTEGER PRIMARY KEY,
	volume INTEGER NOT NULL,
	file INTEGER NOT NULL,
	mft INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	attribute INTEGER NOT NULL,
	path TEXT NOT NULL,
	stream TEXT NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('read', 'partly', 'empty', 'unreadable', 'skipped')),
	reason TEXT,
	deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
	lines INTEGER NOT NULL, records INTEGER NOT NULL, lost INTEGER NOT NULL, blank INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	first INTEGER, last INTEGER
) STRICT;

-- how many lines a log has for each hour that it tells of, and how they were answered; hour 0: lines without a time
CREATE TABLE hour (
	log INTEGER NOT NULL,
	hour INTEGER NOT NULL,
	lines INTEGER NOT NULL, bytes INTEGER NOT NULL,
	s0 INTEGER NOT NULL, s1 INTEGER NOT NULL, s2 INTEGER NOT NULL, s3 INTEGER NOT NULL, s4 INTEGER NOT NULL,
	s5 INTEGER NOT NULL,
	PRIMARY KEY (log, hour)
) STRICT, WITHOUT ROWID;

-- an account or mailbox that was asked for from an address, or by a program, that a finding names; '' where a log is silent
CREATE TABLE account (
	evidence INTEGER NOT NULL,
	account TEXT NOT NULL,
	name TEXT NOT NULL,
	mailbox TEXT NOT NULL,
	protocol TEXT NOT NULL,
	source TEXT NOT NULL,
	address TEXT NOT NULL,
	network TEXT CHECK (network IN ('public', 'private')),
	agent TEXT NOT NULL,
	first INTEGER, last INTEGER,
	requests INTEGER NOT NULL, successes INTEGER NOT NULL, failures INTEGER NOT NULL,
	why TEXT NOT NULL,
	PRIMARY KEY (evidence, account, mailbox, address, agent, source, protocol)
) STRICT, WITHOUT ROWID;

CREATE TABLE limitation (
	id INTEGER PRIMARY KEY,
	volume INTEGER NOT NULL,
	path TEXT,
	mft INTEGER,
	stream TEXT,
	offset INTEGER,
	what TEXT NOT NULL,
	count INTEGER NOT NULL
) STRICT;

-- the sites of IIS, each as the first configuration has it that says so; log_path is on log_volume, where that is known
CREATE TABLE site (
	id INTEGER PRIMARY KEY,
	volume INTEGER NOT NULL,
	site INTEGER,
	name TEXT NOT NULL,
	bindings TEXT NOT NULL,
	log_folder TEXT,
	log_volume INTEGER,
	log_path TEXT,
	logging TEXT NOT NULL,
	source TEXT NOT NULL,
	current INTEGER NOT NULL CHECK (current IN (0, 1)),
	side TEXT CHECK (side IN ('front', 'back', 'other'))
) STRICT;

-- who says which build an Exchange had: host is its folder on host_volume, both NULL where nobody knows whose it is
CREATE TABLE build (
	id INTEGER PRIMARY KEY,
	volume INTEGER NOT NULL,
	host_volume INTEGER,
	host TEXT,
	witness TEXT NOT NULL,
	build TEXT NOT NULL,
	release TEXT,
	means TEXT NOT NULL CHECK (means IN ('installed', 'in use', 'undated', 'tried', 'begins', 'resolved')),
	first INTEGER, last INTEGER,
	files INTEGER NOT NULL,
	path TEXT,
	mft INTEGER, offset INTEGER,
	note TEXT
) STRICT;

-- what each of these builds has fixed; fix_released: when the first build of the same update that has came out
CREATE TABLE patch (
	evidence INTEGER NOT NULL,
	build TEXT NOT NULL,
	cve TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('fixed', 'vulnerable', 'not affected', 'unknown')),
	reason TEXT,
	fix_released INTEGER,
	PRIMARY KEY (evidence, build, cve)
) STRICT, WITHOUT ROWID;

-- what the registry of a Windows says of it, one row a fact; host is its folder on the volume of the hive, key within
-- the hive. ticks is the fact's own time where dated is 1, else when the key was last written. A fact whose key was
-- deleted is a lead.
CREATE TABLE host_fact (
	id INTEGER PRIMARY KEY,
	volume INTEGER NOT NULL,
	host TEXT,
	what TEXT NOT NULL,
	name TEXT,
	value TEXT NOT NULL,
	ticks INTEGER,
	dated INTEGER NOT NULL CHECK (dated IN (0, 1)),
	deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
	source TEXT NOT NULL,
	mft INTEGER, offset INTEGER,
	key TEXT,
	note TEXT
) STRICT;

-- pages that ASP.NET compiled, by its records: compiled is when the record was made; exists and shipped are NULL where
-- nobody can tell; page_path is where the page lies, lay or would lie
CREATE TABLE page (
	id INTEGER PRIMARY KEY,
	volume INTEGER NOT NULL,
	page TEXT NOT NULL,
	compiled INTEGER,
	"exists" INTEGER CHECK ("exists" IN (0, 1)),
	shipped INTEGER CHECK (shipped IN (0, 1)),
	page_volume INTEGER,
	page_path TEXT,
	page_mft INTEGER, page_born INTEGER,
	site TEXT,
	path TEXT NOT NULL,
	mft INTEGER NOT NULL, offset INTEGER NOT NULL,
	deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
	assembly TEXT, type TEXT,
	dll TEXT,
	dll_mft INTEGER,
	finding TEXT,
	note TEXT
) STRICT;

-- what was done instead of patching, or undone
CREATE TABLE mitigation (
	id INTEGER PRIMARY KEY,
	volume INTEGER NOT NULL,
	cve TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('on', 'off')),
	title TEXT NOT NULL,
	first INTEGER, last INTEGER,
	path TEXT NOT NULL,
	mft INTEGER NOT NULL, offset INTEGER NOT NULL,
	note TEXT
) STRICT;

-- what an Exchange was to a hole, time after time; made with the verdicts
CREATE TABLE exposure (
	evidence INTEGER NOT NULL,
	host_volume INTEGER NOT NULL,
	host TEXT NOT NULL,
	cve TEXT NOT NULL,
	number INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('fixed', 'vulnerable', 'not affected', 'unknown')),
	first INTEGER, last INTEGER,
	reason TEXT NOT NULL,
	witnesses TEXT,
	PRIMARY KEY (evidence, host_volume, host, cve, number)
) STRICT, WITHOUT ROWID;

-- what became of everything that was there, each item in one line; the disposition 'total' is their sum
CREATE TABLE ledger (
	volume INTEGER NOT NULL,
	account TEXT NOT NULL CHECK (account IN ('media', 'records', 'streams')),
	disposition TEXT NOT NULL,
	items INTEGER NOT NULL, bytes INTEGER NOT NULL,
	PRIMARY KEY (volume, account, disposition)
) STRICT, WITHOUT ROWID;

-- what libtsk sees otherwise; mft is NULL where many are counted in one row
CREATE TABLE control (
	id INTEGER PRIMARY KEY,
	volume INTEGER NOT NULL,
	mft INTEGER, seq INTEGER,
	stream TEXT,
	path TEXT,
	what TEXT NOT NULL,
	ours TEXT, control TEXT,
	explained INTEGER NOT NULL CHECK (explained IN (0, 1)),
	reason TEXT NOT NULL,
	count INTEGER NOT NULL
) STRICT;

CREATE TABLE verdict (
	evidence INTEGER NOT NULL,
	question TEXT NOT NULL,
	verdict TEXT NOT NULL,
	first INTEGER, last INTEGER,
	reason TEXT, findings TEXT,
	coverage TEXT, changes TEXT,
	PRIMARY KEY (evidence, question)
) STRICT, WITHOUT ROWID;

-- ---- made with the verdicts: how facts hang together, and how sure they are ----

-- an intrusion as one story: what is tied together by edges, each of which joins two rows: a finding by its id, an event
-- as event:ID, a time of a file as file:ID (v_files). An edge that rests on nothing but nearness in time says so
CREATE TABLE chain (
	evidence INTEGER NOT NULL,
	chain INTEGER NOT NULL,
	title TEXT NOT NULL,
	first INTEGER, last INTEGER,
	level TEXT NOT NULL CHECK (level IN ('info', 'low', 'medium', 'high', 'critical')),
	confidence TEXT NOT NULL CHECK (confidence IN ('confirmed', 'likely', 'possible')),
	summary TEXT NOT NULL,
	PRIMARY KEY (evidence, chain)
) STRICT, WITHOUT ROWID;

CREATE TABLE edge (
	evidence INTEGER NOT NULL,
	chain INTEGER NOT NULL,
	number INTEGER NOT NULL,
	from_kind TEXT NOT NULL, from_row TEXT NOT NULL,
	to_kind TEXT NOT NULL, to_row TEXT NOT NULL,
	from_time INTEGER, to_time INTEGER,
	relation TEXT NOT NULL, basis TEXT NOT NULL,
	time_only INTEGER NOT NULL CHECK (time_only IN (0, 1)),
	words TEXT NOT NULL,
	from_stage TEXT, to_stage TEXT,
	PRIMARY KEY (evidence, chain, number)
) STRICT, WITHOUT ROWID;

-- how sure a finding is, by stated rules; witnesses: sources that do not depend on each other
CREATE TABLE confidence (
	evidence INTEGER NOT NULL,
	finding TEXT NOT NULL,
	confidence TEXT NOT NULL CHECK (confidence IN ('confirmed', 'likely', 'possible')),
	witnesses INTEGER NOT NULL,
	reasons TEXT NOT NULL,
	PRIMARY KEY (evidence, finding)
) STRICT, WITHOUT ROWID;

-- who says since when a file has been there; the last row of a file is the conclusion
CREATE TABLE witness (
	evidence INTEGER NOT NULL,
	volume INTEGER NOT NULL,
	mft INTEGER NOT NULL, seq INTEGER NOT NULL,
	number INTEGER NOT NULL,
	path TEXT NOT NULL,
	witness TEXT NOT NULL,
	ticks INTEGER,
	source TEXT,
	says TEXT NOT NULL,
	words TEXT NOT NULL,
	PRIMARY KEY (evidence, volume, mft, seq, number)
) STRICT, WITHOUT ROWID;

-- one moment as two clocks or two writers have it; difference: second less first, in ticks
CREATE TABLE clock (
	evidence INTEGER NOT NULL,
	number INTEGER NOT NULL,
	pair TEXT NOT NULL,
	from_row TEXT, to_row TEXT,
	first INTEGER, second INTEGER,
	difference INTEGER,
	words TEXT NOT NULL,
	PRIMARY KEY (evidence, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE rule (
	evidence INTEGER NOT NULL,
	rule TEXT NOT NULL,
	source TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('yara', 'sigma', 'hash', 'path', 'ioc')),
	author TEXT,
	state TEXT NOT NULL CHECK (state IN ('used', 'not-evaluable', 'failed')),
	hits INTEGER NOT NULL,
	reason TEXT,
	stage TEXT, technique TEXT, cve TEXT,
	PRIMARY KEY (evidence, rule, source)
) STRICT, WITHOUT ROWID;

-- what the profile asks: by which findings it is answered, and which sources "no trace" needs; words with blanks between
CREATE TABLE question (
	evidence INTEGER NOT NULL,
	question TEXT NOT NULL,
	number INTEGER NOT NULL,
	cve TEXT, technique TEXT, stage TEXT,
	days TEXT, whole TEXT,
	PRIMARY KEY (evidence, question)
) STRICT, WITHOUT ROWID;

-- the kinds of logs that were looked for, by which artefact of the profile
CREATE TABLE sought (
	evidence INTEGER NOT NULL,
	kind TEXT NOT NULL,
	artifact TEXT NOT NULL,
	PRIMARY KEY (evidence, kind, artifact)
) STRICT, WITHOUT ROWID;

-- the days of each folder of logs, counted from 1601-01-01; volume 0 where no folder was found. Made with the
-- verdicts, from what the logs say
CREATE TABLE calendar (
	evidence INTEGER NOT NULL,
	kind TEXT NOT NULL,
	volume INTEGER NOT NULL,
	folder TEXT NOT NULL,
	day INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('present', 'partly', 'empty', 'quiet', 'absent', 'hole', 'rotated', 'unreadable',
		'before-install', 'after-end')),
	lines INTEGER NOT NULL, bytes INTEGER NOT NULL,
	reason TEXT,
	PRIMARY KEY (evidence, kind, folder, volume, day)
) STRICT, WITHOUT ROWID;

-- what the variables of the profile stood for on the hosts of an exhibit: folders, '' for the root of the volume
CREATE TABLE binding (
	volume INTEGER NOT NULL,
	variable TEXT NOT NULL,
	path TEXT NOT NULL,
	PRIMARY KEY (volume, variable, path)
) STRICT, WITHOUT ROWID;

-- what could lead from one exhibit to another: made with the verdicts, from findings of level high and critical
CREATE TABLE indicator (
	evidence INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('shell', 'file', 'address', 'user agent', 'canary', 'host string', 'account')),
	value TEXT NOT NULL,
	level TEXT NOT NULL CHECK (level IN ('info', 'low', 'medium', 'high', 'critical')),
	first INTEGER, last INTEGER,
	hits INTEGER NOT NULL,
	findings TEXT,
	PRIMARY KEY (evidence, kind, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX finding_file ON finding (volume, mft, seq, stream);
CREATE INDEX event_finding ON event (finding) WHERE finding IS NOT NULL;

CREATE VIEW v_evidence AS
SELECT id AS evidence, name, format, segments, bytes, sector_size, md5_stored, sha1_stored, md5, sha1, sha256,
	hash_state, bad_chunks, acquired, examiner, case_number, evidence_number, description, exhibit, notes, software, fingerprint
FROM evidence;

-- a volume is known by where it begins
CREATE VIEW v_volumes AS
SELECT id >> 16 AS evidence, offset AS volume, offset, bytes, fs, label, serial, cluster_size, snapshot, state, reason,
	host, id & 65535 AS number
FROM volume;

CREATE VIEW v_files AS
SELECT f.volume >> 16 AS evidence, v.offset AS volume, v.snapshot, f.mft, f.seq, f.stream,
	'/' || coalesce(d.path, '$Orphan/[folder ' || f.folder || ']') || iif(d.path = '', '', '/') || f.name AS path,
	f.flags & 1 AS allocated, f.flags >> 1 & 1 AS directory, f.bytes,
	STAMP(f.si_created) AS si_created,
	STAMP(f.si_modified) AS si_modified,
	STAMP(f.si_changed) AS si_changed,
	STAMP(f.si_accessed) AS si_accessed,
	STAMP(f.fn_created) AS fn_created,
	STAMP(f.fn_modified) AS fn_modified,
	STAMP(f.fn_changed) AS fn_changed,
	STAMP(f.fn_accessed) AS fn_accessed,
	nullif(lower(hex(c.sha256)), '') AS sha256, c.baseline,
	c.role, f.attribute, f.attributes, f.reparse, f.flags, f.id AS file,
	TRUST(f, c) AS trust, f.flags >> 14 & 1 AS packed, o.sid AS owner, o.name AS owner_name,
	trim(iif(0 IN (f.si_created, f.si_modified, f.si_changed, f.si_accessed,
			f.fn_created, f.fn_modified, f.fn_changed, f.fn_accessed), ' not-set', '')
		|| iif(STRANGE(f.si_created) OR STRANGE(f.si_modified)
			OR STRANGE(f.si_changed) OR STRANGE(f.si_accessed) OR STRANGE(f.fn_created)
			OR STRANGE(f.fn_modified) OR STRANGE(f.fn_changed) OR STRANGE(f.fn_accessed), ' implausible', '')
		|| iif(f.si_created > 0 AND f.si_created < f.fn_created, ' si-before-fn', '')
		|| iif(f.si_created > 0 AND f.si_created % 10000000 = 0 AND f.si_modified % 10000000 = 0,
			' whole-seconds', '')
		|| iif(f.flags & 2097152, ' names-differ', '')) AS time_signs,
	CASE WHEN c.reused IS NULL THEN NULL WHEN c.reused = 0 AND c.shared > 0
		THEN 'doubtful, ' || (c.shared * 100 / c.clusters) || ' % claimed by another deleted file'
		WHEN c.reused = 0 THEN 'recoverable'
		WHEN c.reused >= c.clusters THEN 'overwritten'
		ELSE 'partly overwritten, ' || (c.reused * 100 / c.clusters) || ' %' END AS recovery,
	p.target || coalesce(' (shown as ' || p.shown || ')', '') AS target, f.volume & 65535 AS number
FROM file f
LEFT JOIN volume v ON v.id = f.volume
LEFT JOIN folder d ON d.id = f.volume << 32 | f.folder
LEFT JOIN content c ON c.volume = f.volume AND c.mft = f.mft AND c.seq = f.seq AND c.attribute = f.attribute
LEFT JOIN owner o ON o.volume = f.volume AND o.mft = f.mft AND o.seq = f.seq
LEFT JOIN reparse p ON f.reparse <> 0 AND p.volume = f.volume AND p.mft = f.mft AND p.seq = f.seq;

-- what a body file needs: the same rows with times as they are stored
CREATE VIEW v_body AS
SELECT nullif(lower(hex(c.md5)), '') AS md5,
	'/' || coalesce(d.path, '$Orphan/[folder ' || f.folder || ']') || iif(d.path = '', '', '/') || f.name AS path,
	f.stream, f.mft, f.attribute, f.flags, f.bytes, f.si_created, f.si_modified, f.si_changed, f.si_accessed,
	f.fn_created, f.fn_modified, f.fn_changed, f.fn_accessed, f.volume >> 16 AS evidence, v.offset AS volume,
	v.snapshot, e.name AS image
FROM file f
LEFT JOIN evidence e ON e.id = f.volume >> 16
LEFT JOIN volume v ON v.id = f.volume
LEFT JOIN folder d ON d.id = f.volume << 32 | f.folder
LEFT JOIN content c ON c.volume = f.volume AND c.mft = f.mft AND c.seq = f.seq AND c.attribute = f.attribute;

-- the eight times of every file that was chosen or lies in the window, from the setting `since` on
CREATE VIEW file_event AS
SELECT f.*, k.kind, k.n,
	CASE k.n
		WHEN 1 THEN f.si_created WHEN 2 THEN f.si_modified WHEN 3 THEN f.si_changed WHEN 4 THEN f.si_accessed
		WHEN 5 THEN f.fn_created WHEN 6 THEN f.fn_modified WHEN 7 THEN f.fn_changed ELSE f.fn_accessed
	END AS ticks
FROM file f CROSS JOIN (
	SELECT 1 AS n, 'file.si.created' AS kind UNION ALL SELECT 2, 'file.si.modified'
	UNION ALL SELECT 3, 'file.si.changed' UNION ALL SELECT 4, 'file.si.accessed'
	UNION ALL SELECT 5, 'file.fn.created' UNION ALL SELECT 6, 'file.fn.modified'
	UNION ALL SELECT 7, 'file.fn.changed' UNION ALL SELECT 8, 'file.fn.accessed') k
WHERE f.flags & 12;

CREATE VIEW v_timeline AS
SELECT e.evidence, v.offset AS volume, v.snapshot, TIME(e.ticks) AS time, UNSIGNED(e.ticks) AS ticks, e.kind, e.source,
	e.subject, e.summary, e.stage, e.level, e.finding, e.mft, e.stream, e.offset, e.raw, e.event
FROM (
	SELECT f.volume >> 16 AS evidence, f.volume, f.ticks, f.kind, '$MFT' AS source,
		'/' || coalesce(d.path, '$Orphan/[folder ' || f.folder || ']') || iif(d.path = '', '', '/') || f.name
			AS subject,
		CASE WHEN f.flags & 2 THEN 'folder' WHEN f.bytes IS NULL THEN 'file without data'
			ELSE f.bytes || ' bytes' END || iif(f.flags & 1, '', ', deleted') AS summary,
		n.stage, n.level, n.finding, f.mft, f.stream, NULL AS offset, NULL AS raw, 'file:' || f.id AS event
	FROM file_event f
	LEFT JOIN setting s ON s.evidence = f.volume >> 16 AND s.key = 'since'
	LEFT JOIN folder d ON d.id = f.volume << 32 | f.folder
	LEFT JOIN finding n ON n.evidence = f.volume >> 16 AND n.finding = (
		SELECT finding FROM finding b
		WHERE b.volume = f.volume AND b.mft = f.mft AND b.seq = f.seq AND b.stream = f.stream
			AND NOT EXISTS (SELECT 1 FROM event x WHERE x.finding = b.finding AND x.volume = b.volume)
			AND NOT EXISTS (SELECT 1 FROM rule r WHERE r.evidence = b.evidence AND r.rule = b.rule AND r.kind = 'sigma')
		ORDER BY instr('info low medium high critical', b.level) DESC, b.finding LIMIT 1)
	WHERE f.ticks < 0 OR f.ticks >= coalesce(CAST(s.value AS INTEGER), 0)
	UNION ALL
	SELECT nullif(e.volume >> 16, 0), e.volume, e.ticks, e.kind, e.source, e.subject, e.summary,
		coalesce(e.stage, n.stage), coalesce(e.level, n.level), e.finding, e.mft, e.stream, e.offset, e.raw, 'event:' || e.id
	FROM event e
	LEFT JOIN finding n ON n.evidence = e.volume >> 16 AND n.finding = e.finding
) e
LEFT JOIN volume v ON v.id = e.volume;

CREATE VIEW v_findings AS
SELECT n.finding, nullif(n.evidence, 0) AS evidence, v.offset AS volume, v.snapshot, TIME(n.ticks) AS time, n.level,
	n.stage, n.technique, n.cve, n.rule, n.author, n.title, iif(substr(n.path, 1, 1) = '/', n.path, '/' || n.path) AS path,
	nullif(lower(hex(n.sha256)), '') AS sha256, n.mft, n.stream, n.offset, n.length, n.excerpt, n.basis,
	n.benign, n.reproduce, UNSIGNED(n.ticks) AS ticks, n.seq, TRUST(f, c) AS trust, o.sid AS owner, o.name AS owner_name,
	s.confidence, s.witnesses, s.reasons, n.rests_on, nullif(lower(hex(n.bytes_sha256)), '') AS bytes_sha256
FROM finding n
LEFT JOIN confidence s ON s.evidence = n.evidence AND s.finding = n.finding
LEFT JOIN volume v ON v.id = n.volume
LEFT JOIN file f ON f.id = n.file
LEFT JOIN content c ON c.volume = f.volume AND c.mft = f.mft AND c.seq = f.seq AND c.attribute = f.attribute
-- what is found in an index or in the $MFT itself is not the owner's of that
LEFT JOIN owner o ON o.volume = n.volume AND o.mft = n.mft AND o.seq = n.seq AND n.stream <> '$I30' AND n.mft <> 0;

-- what has findings, once: with its gravest one and how many there are
CREATE VIEW v_suspects AS
SELECT evidence, volume, snapshot, level, time, findings, title, path, stream, mft, seq, finding, ticks
FROM (
	SELECT v_findings.*, max(instr('info low medium high critical', level)) AS severity, count(*) AS findings
	FROM v_findings GROUP BY evidence, volume, snapshot, mft, seq, stream, path
);

CREATE VIEW v_coverage AS
SELECT nullif(evidence, 0) AS evidence, source, path, state, STAMP(first) AS first, STAMP(last) AS last, items, lost,
	bytes, reason, NULL AS volume, NULL AS mft, NULL AS stream, 'c' || (id & 1099511627775) AS id
FROM coverage
UNION ALL
SELECT l.volume >> 16, l.kind, l.path, l.state, STAMP(l.first), STAMP(l.last), l.records, l.lost, l.bytes, l.reason,
	v.offset, l.mft, l.stream, 'l' || (l.id & 1099511627775)
FROM log l LEFT JOIN volume v ON v.id = l.volume;

CREATE VIEW v_hours AS
SELECT l.volume >> 16 AS evidence, v.offset AS volume, v.snapshot, l.kind AS source, l.path,
	iif(h.hour, TIME(h.hour), NULL) AS hour, h.lines, h.bytes, h.s0 AS none, h.s1 AS s1xx, h.s2 AS s2xx, h.s3 AS s3xx,
	h.s4 AS s4xx, h.s5 AS s5xx, l.mft, l.stream, l.deleted
FROM hour h
JOIN log l ON l.id = h.log
LEFT JOIN volume v ON v.id = l.volume;

CREATE VIEW v_accounts AS
SELECT evidence, nullif(account, '') AS account, nullif(name, '') AS name, nullif(mailbox, '') AS mailbox, protocol,
	source, nullif(address, '') AS address, network, nullif(agent, '') AS agent, STAMP(first) AS first,
	STAMP(last) AS last, requests, successes, failures, why
FROM account;

-- volume: that of the configuration
CREATE VIEW v_sites AS
SELECT s.volume >> 16 AS evidence, v.offset AS volume, v.snapshot, s.site, s.name, s.bindings, s.log_folder,
	l.offset AS log_volume, s.log_path, s.logging, s.source, s.current, s.side
FROM site s LEFT JOIN volume v ON v.id = s.volume LEFT JOIN volume l ON l.id = s.log_volume;

-- volume: that of the hive; time: the fact's own, or when its key was last written, as time_is says
CREATE VIEW v_host AS
SELECT f.volume >> 16 AS evidence, v.offset AS volume, v.snapshot, f.host, f.what, f.name, f.value,
	STAMP(f.ticks) AS time, iif(f.ticks IS NULL, NULL, iif(f.dated, 'told', 'key written')) AS time_is, f.deleted, f.source,
	f.mft, f.offset, f.key, f.note, UNSIGNED(f.ticks) AS ticks
FROM host_fact f LEFT JOIN volume v ON v.id = f.volume;

-- what a person wants first: the others are hundreds on any host
CREATE VIEW v_host_main AS
SELECT * FROM v_host WHERE what NOT IN ('service', 'service library', 'program seen', 'program listed', 'setting',
	'volume name') AND NOT deleted;

-- volume: that of the record of the compile cache, which is `file`
CREATE VIEW v_pages AS
SELECT p.volume >> 16 AS evidence, v.offset AS volume, v.snapshot, p.page AS virtual_path, STAMP(p.compiled) AS compiled,
	p."exists", p.shipped, w.offset AS page_volume, p.page_path, p.page_mft, STAMP(p.page_born) AS page_born, p.site,
	p.path AS file, p.mft, p.offset, p.deleted, p.assembly, p.type, p.dll, p.dll_mft, p.finding, p.note,
	UNSIGNED(p.compiled) AS ticks
FROM page p LEFT JOIN volume v ON v.id = p.volume LEFT JOIN volume w ON w.id = p.page_volume;

-- volume: that of the witness; place and host: the Exchange that it is about
CREATE VIEW v_builds AS
SELECT b.volume >> 16 AS evidence, v.offset AS volume, v.snapshot, b.host, b.witness, b.build, STAMP(b.first) AS time,
	STAMP(b.last) AS last, b.means, b.release, b.files, b.path, b.mft, b.offset, b.note, h.offset AS host_volume,
	UNSIGNED(b.first) AS first, coalesce(b.host_volume, 0) AS place
FROM build b LEFT JOIN volume v ON v.id = b.volume LEFT JOIN volume h ON h.id = b.host_volume;

CREATE VIEW v_patches AS
SELECT evidence, build, cve, state, reason, STAMP(fix_released) AS fix_released FROM patch;

CREATE VIEW v_mitigations AS
SELECT m.volume >> 16 AS evidence, v.offset AS volume, v.snapshot, m.cve, m.state, m.title, STAMP(m.first) AS first,
	STAMP(m.last) AS last, m.path, m.mft, m.offset, m.note
FROM mitigation m LEFT JOIN volume v ON v.id = m.volume;

CREATE VIEW v_exposure AS
SELECT x.evidence, v.offset AS volume, v.snapshot, nullif(x.host, '') AS host, x.cve, x.number, x.state,
	STAMP(x.first) AS "from", STAMP(x.last) AS "to", x.reason, x.witnesses, x.host_volume AS place
FROM exposure x LEFT JOIN volume v ON v.id = x.host_volume;

CREATE VIEW v_ledger AS
SELECT l.volume >> 16 AS evidence, v.offset AS volume, v.snapshot, l.account, l.disposition, l.items, l.bytes
FROM ledger l LEFT JOIN volume v ON v.id = l.volume;

CREATE VIEW v_control AS
SELECT nullif(c.volume >> 16, 0) AS evidence, v.offset AS volume, v.snapshot, c.mft, c.seq, c.stream, c.path, c.what,
	c.ours, c.control, c.explained, c.reason, c.count
FROM control c LEFT JOIN volume v ON v.id = c.volume;

-- each finding with the stream that it rests on, so that its bytes can be read once more
CREATE VIEW v_flagged AS
SELECT n.finding, nullif(n.evidence, 0) AS evidence, v.offset AS volume, v.snapshot, n.mft, n.seq, f.attribute,
	n.stream, f.bytes, nullif(lower(hex(coalesce(n.sha256, c.sha256))), '') AS sha256, n.level,
	iif(substr(n.path, 1, 1) = '/', n.path, '/' || n.path) AS path, n.offset, n.length, n.excerpt,
	n.rests_on, n.attribute AS ground, nullif(lower(hex(n.bytes_sha256)), '') AS bytes_sha256,
	nullif(lower(hex(n.sha256)), '') AS stated
FROM finding n
LEFT JOIN file f ON f.id = n.file
LEFT JOIN volume v ON v.id = n.volume
LEFT JOIN content c ON c.volume = n.volume AND c.mft = n.mft AND c.seq = n.seq AND c.attribute = f.attribute;

CREATE VIEW v_verdict AS
SELECT nullif(evidence, 0) AS evidence, question, verdict, STAMP(first) AS first, STAMP(last) AS last, reason, findings,
	coverage, changes
FROM verdict;

CREATE VIEW v_chain AS
SELECT c.evidence, c.chain, c.title, STAMP(c.first) AS first, STAMP(c.last) AS last, c.level, c.confidence,
	(SELECT count(*) FROM edge e WHERE e.evidence = c.evidence AND e.chain = c.chain) AS edges, c.summary
FROM chain c;

CREATE VIEW v_edges AS
SELECT evidence, chain, number, from_kind, from_row, to_kind, to_row, STAMP(from_time) AS from_time,
	STAMP(to_time) AS to_time, relation, basis, time_only, words, from_stage, to_stage
FROM edge;

CREATE VIEW v_witnesses AS
SELECT w.evidence, v.offset AS volume, v.snapshot, w.mft, w.seq, w.path, w.number, w.witness, STAMP(w.ticks) AS time,
	w.source, w.says, w.words
FROM witness w LEFT JOIN volume v ON v.id = w.volume;

CREATE VIEW v_clock AS
SELECT evidence, number, pair, from_row, to_row, STAMP(first) AS first, STAMP(second) AS second,
	iif(difference IS NULL, NULL, printf('%+.3f', difference / 10000000.0)) AS seconds, words
FROM clock;

CREATE VIEW v_limitations AS
SELECT nullif(l.volume >> 16, 0) AS evidence, v.offset AS volume, l.path, l.mft, l.stream, l.offset, l.what, l.count,
	v.snapshot
FROM limitation l LEFT JOIN volume v ON v.id = l.volume;

CREATE VIEW v_rules AS
SELECT rule, kind, author, source, max(state) AS state, sum(hits) AS hits, max(reason) AS reason
FROM rule GROUP BY rule, source;

-- ---- what the verdicts are made from ----

CREATE VIEW v_rule_use AS
SELECT evidence, rule, kind, state, reason, stage, technique, cve FROM rule;

CREATE VIEW v_questions AS
SELECT evidence, number, question, cve, technique, stage, days, whole FROM question;

CREATE VIEW v_sought AS
SELECT evidence, kind AS source, artifact FROM sought;

CREATE VIEW v_bindings AS
SELECT b.volume >> 16 AS evidence, v.offset AS volume, v.snapshot, b.variable, '/' || b.path AS path, b.volume AS place
FROM binding b LEFT JOIN volume v ON v.id = b.volume;

-- the events themselves, with what they say taken apart: what verdicts tie together
CREATE VIEW v_events AS
SELECT e.volume >> 16 AS evidence, 'event:' || e.id AS event, e.volume AS place, UNSIGNED(e.ticks) AS ticks, e.kind, e.source,
	e.subject, e.summary, coalesce(e.stage, n.stage) AS stage, coalesce(e.level, n.level) AS level, e.finding, e.rule,
	e.mft, e.stream, e.offset, e.raw, e.fields, n.technique, n.cve
FROM event e
LEFT JOIN finding n ON n.evidence = e.volume >> 16 AND n.finding = e.finding
WHERE e.volume > 65535;

-- what a file of a finding says of its own age
CREATE VIEW v_found_times AS
SELECT DISTINCT f.volume >> 16 AS evidence, f.volume AS place, v.offset AS volume, f.mft, f.seq,
	'/' || coalesce(d.path || iif(d.path = '', '', '/'), '') || f.name AS path, UNSIGNED(f.si_created) AS si_created,
	UNSIGNED(f.fn_created) AS fn_created
FROM finding n
JOIN file f ON f.id = n.file AND f.stream = ''
LEFT JOIN volume v ON v.id = f.volume
LEFT JOIN folder d ON d.id = f.volume << 32 | f.folder;

-- where the window of an exhibit begins, and what its container says of when it was made
CREATE VIEW v_windows AS
SELECT e.id AS evidence, CAST(s.value AS INTEGER) AS since, e.acquired
FROM evidence e LEFT JOIN setting s ON s.evidence = e.id AND s.key = 'since';

-- days on which a host was running: two entries of the $MFT that changed, or two logs, or one of each, so that a single
-- time that was set by hand makes no day
CREATE VIEW v_lived AS
SELECT evidence, day FROM (
	SELECT volume >> 16 AS evidence, si_changed / 864000000000 AS day,
		(volume & 65535) << 47 | (mft & 140737488355327) AS witness
	FROM file WHERE flags & 1 AND si_changed > 0
	UNION ALL
	SELECT log >> 40, hour / 864000000000, -log FROM hour WHERE hour > 0 AND lines > 0
) GROUP BY evidence, day HAVING min(witness) <> max(witness);

-- when folders were made, of those that the case lists
CREATE VIEW v_births AS
SELECT f.volume >> 16 AS evidence, f.volume AS place, iif(d.path = '', '', d.path || '/') || f.name AS path,
	iif(f.si_created > 0 AND f.si_created < f.fn_created, f.si_created, f.fn_created) AS born
FROM file f JOIN folder d ON d.id = f.volume << 32 | f.folder
WHERE f.flags & 3 = 3 AND f.fn_created > 0;

CREATE VIEW v_logs AS
SELECT l.volume >> 16 AS evidence, v.offset AS volume, v.snapshot, l.volume AS place, l.id AS log, l.kind AS source,
	ltrim(l.path, '/') AS path, l.stream, l.state, l.reason, l.deleted, l.lines, l.records, l.lost, l.bytes,
	l.first, l.last, f.fn_created AS born, f.si_modified AS modified, m.what AS limitation
FROM log l
LEFT JOIN volume v ON v.id = l.volume
LEFT JOIN file f ON f.id = l.file
LEFT JOIN (
	SELECT volume, mft, stream, min(what) AS what FROM limitation WHERE mft IS NOT NULL GROUP BY volume, mft, stream
) m ON m.volume = l.volume AND m.mft = l.mft AND m.stream = l.stream;

-- the days of a log; hours is a mask of those that have lines
CREATE VIEW v_log_days AS
SELECT log >> 40 AS evidence, log, hour / 864000000000 AS day, CAST(total(lines) AS INTEGER) AS lines,
	CAST(total(bytes) AS INTEGER) AS bytes, CAST(total(1 << hour / 36000000000 % 24) AS INTEGER) AS hours
FROM hour WHERE hour > 0 AND lines > 0 GROUP BY log, hour / 864000000000;

CREATE VIEW v_calendar AS
SELECT c.evidence, c.kind AS source, c.folder, strftime('%Y-%m-%d', c.day * 86400 - 11644473600, 'unixepoch') AS day,
	c.state, c.lines, c.bytes, c.reason, v.offset AS volume, v.snapshot
FROM calendar c LEFT JOIN volume v ON v.id = c.volume;

-- ---- what leads from one exhibit to another ----

-- each finding with what is known of its file and exhibit, for other tools
CREATE VIEW v_finding_files AS
SELECT n.finding, n.evidence, e.name AS image, e.fingerprint, v.offset AS volume, v.snapshot, TIME(n.ticks) AS time, n.level,
	n.stage, n.technique, n.cve, n.rule, n.author, n.title, iif(substr(n.path, 1, 1) = '/', n.path, '/' || n.path) AS path,
	nullif(lower(hex(n.sha256)), '') AS sha256, n.mft, n.seq, n.stream, n.offset, n.length, n.basis, n.benign,
	f.bytes, f.flags & 1 AS allocated, f.flags >> 1 & 1 AS directory, TIME(f.si_created) AS si_created,
	TIME(f.si_modified) AS si_modified, TIME(f.si_changed) AS si_changed,
	TIME(f.si_accessed) AS si_accessed, o.sid AS owner
FROM finding n
JOIN evidence e ON e.id = n.evidence
LEFT JOIN volume v ON v.id = n.volume
LEFT JOIN file f ON f.id = n.file
LEFT JOIN owner o ON o.volume = n.volume AND o.mft = n.mft AND o.seq = n.seq AND n.stream <> '$I30' AND n.mft <> 0;

-- streams that were read, each once, under the first of its names; kept: the SHA-256 of what the case keeps of it, which
-- is all of it
CREATE VIEW v_contents AS
SELECT c.volume >> 16 AS evidence, c.volume & 65535 AS number, c.mft, c.seq, c.attribute, min(f.id) & 1099511627775 AS file,
	f.stream, '/' || coalesce(d.path, '$Orphan/[folder ' || f.folder || ']') || iif(d.path = '', '', '/') || f.name AS path,
	f.flags & 1 AS allocated, UNSIGNED(f.fn_created) AS born, c.bytes, nullif(lower(hex(c.md5)), '') AS md5,
	nullif(lower(hex(c.sha1)), '') AS sha1, nullif(lower(hex(c.sha256)), '') AS sha256, nullif(lower(hex(c.kept)), '') AS kept,
	coalesce(o.name, o.sid) AS owner
FROM file f
JOIN content c ON c.volume = f.volume AND c.mft = f.mft AND c.seq = f.seq AND c.attribute = f.attribute
LEFT JOIN folder d ON d.id = f.volume << 32 | f.folder
LEFT JOIN owner o ON o.volume = c.volume AND o.mft = c.mft AND o.seq = c.seq
GROUP BY c.volume, c.mft, c.seq, c.attribute;

-- events that can be asked again, in the order of their logs; level is that of the finding that the line belongs to
CREATE VIEW v_kept_events AS
SELECT e.volume >> 16 AS evidence, x.fingerprint, e.volume AS place, v.offset AS volume, v.snapshot, e.id AS event, TIME(e.ticks) AS time, UNSIGNED(e.ticks) AS ticks,
	e.volume & 65535 AS number, e.kind, e.source, f.seq, f.attribute, f.flags & 1 AS allocated,
	e.file & 1099511627775 AS file, e.mft, e.stream, e.offset, e.finding, e.rule, l.kind AS log,
	coalesce(e.level, n.level) AS level, e.raw, e.fields
FROM event e
LEFT JOIN evidence x ON x.id = e.volume >> 16
LEFT JOIN volume v ON v.id = e.volume
LEFT JOIN file f ON f.id = e.file
LEFT JOIN log l ON l.file = e.file
LEFT JOIN finding n ON n.evidence = e.volume >> 16 AND n.finding = e.finding
WHERE e.fields IS NOT NULL;

-- what else grave findings lead to; ticks 0 where there is no time
CREATE VIEW v_traits AS
SELECT evidence, 'account' AS kind, iif(name = '', account, name) AS value, coalesce(first, 0) AS ticks, 'high' AS level, NULL AS finding
FROM account WHERE account || name <> ''
UNION ALL
SELECT evidence, 'file', lower(hex(sha256)), coalesce(ticks, 0), level, finding FROM finding
WHERE level IN ('high', 'critical') AND sha256 IS NOT NULL AND rule NOT IN
	(SELECT rule FROM rule r WHERE r.evidence = finding.evidence AND r.kind = 'sigma');

-- the shells that the case keeps: their bytes are normalised, so that another parameter makes no other shell
CREATE VIEW v_shells AS
SELECT n.evidence, lower(hex(n.sha256)) AS sha256, n.finding, n.level, coalesce(n.ticks, 0) AS ticks
FROM finding n JOIN blob b ON b.sha256 = n.sha256
WHERE n.level IN ('high', 'critical') AND n.technique LIKE 'T1505%' AND n.rule NOT IN
	(SELECT rule FROM rule r WHERE r.evidence = n.evidence AND r.kind = 'sigma');

CREATE VIEW v_indicators AS
SELECT i.evidence, e.name AS image, e.fingerprint, i.kind, i.value, i.level, STAMP(i.first) AS first, STAMP(i.last) AS last, i.hits,
	i.findings,
	CASE WHEN i.kind = 'address' AND (i.value LIKE '10.%' OR i.value LIKE '192.168.%' OR i.value GLOB '172.1[6-9].*'
			OR i.value GLOB '172.2[0-9].*' OR i.value GLOB '172.3[01].*' OR lower(i.value) GLOB 'f[cd]*:*'
			OR lower(i.value) LIKE 'fe80:%')
		THEN 'a private address: another network may have the same'
	WHEN i.kind = 'user agent' AND (i.value LIKE 'Mozilla/5.0 (%' OR i.value LIKE 'Microsoft%' OR i.value LIKE 'Outlook%'
			OR i.value LIKE 'Exchange/%' OR i.value LIKE 'ExchangeServicesClient/15.%')
		THEN 'a common program: many people have it'
	WHEN i.kind = 'account' THEN 'accounts of one name may be of different people'
	WHEN i.kind = 'host string' THEN 'a name that tools and guides use, too' END AS caution
FROM indicator i LEFT JOIN evidence e ON e.id = i.evidence;

-- an indicator that several exhibits have: a row for each of them, in order of time
CREATE VIEW v_campaign AS
SELECT i.kind, i.value, s.exhibits, row_number() OVER (PARTITION BY i.kind, i.value ORDER BY i.first IS NULL, i.first, i.evidence)
	AS number, i.evidence, e.name, e.exhibit, STAMP(i.first) AS first, STAMP(i.last) AS last, i.hits, i.level, i.findings, v.caution
FROM indicator i
JOIN (SELECT kind, value, count(*) AS exhibits FROM indicator GROUP BY kind, value HAVING count(*) > 1) s
	ON s.kind = i.kind AND s.value = i.value
JOIN v_indicators v ON v.evidence = i.evidence AND v.kind = i.kind AND v.value = i.value
LEFT JOIN evidence e ON e.id = i.evidence;

-- the exhibits in the order in which they were first hit: by their grave findings that are dated within the window
CREATE VIEW v_victims AS
SELECT iif(g.first IS NULL, NULL, row_number() OVER (ORDER BY g.first IS NULL, g.first, e.id)) AS number, e.id AS evidence,
	e.name, e.exhibit, e.fingerprint, STAMP(g.first) AS first, STAMP(g.last) AS last, CAST(coalesce(g.grave, 0) AS INTEGER) AS grave,
	coalesce(g.findings, 0) AS findings, CAST(coalesce(g.undated, 0) AS INTEGER) AS undated,
	(SELECT count(DISTINCT i.kind || ' ' || i.value) FROM indicator i WHERE i.evidence = e.id AND EXISTS
		(SELECT 1 FROM indicator o WHERE o.kind = i.kind AND o.value = i.value AND o.evidence <> i.evidence)) AS shared
FROM evidence e LEFT JOIN (
	SELECT n.evidence, count(*) AS findings, total(n.level IN ('high', 'critical')) AS grave,
		total(n.level IN ('high', 'critical') AND (n.ticks IS NULL OR n.ticks < CAST(s.value AS INTEGER))) AS undated,
		min(iif(n.level IN ('high', 'critical') AND n.ticks >= CAST(s.value AS INTEGER), n.ticks, NULL)) AS first,
		max(iif(n.level IN ('high', 'critical') AND n.ticks >= CAST(s.value AS INTEGER), n.ticks, NULL)) AS last
	FROM finding n LEFT JOIN setting s ON s.evidence = n.evidence AND s.key = 'since' GROUP BY n.evidence
) g ON g.evidence = e.id;

-- exhibits and stages: how many findings, the gravest, the first and last of them that are dated within the window
CREATE VIEW v_matrix AS
SELECT v.number, v.evidence, v.name, v.exhibit, m.stage, m.findings,
	trim(substr('info    low     medium  high    critical', m.severity * 8 + 1, 8)) AS level,
	STAMP(m.first) AS first, STAMP(m.last) AS last
FROM v_victims v
JOIN (
	SELECT n.evidence, n.stage, count(*) AS findings, max((instr('info    low     medium  high    critical', n.level) - 1) / 8) AS severity,
		min(iif(n.ticks >= CAST(s.value AS INTEGER), n.ticks, NULL)) AS first,
		max(iif(n.ticks >= CAST(s.value AS INTEGER), n.ticks, NULL)) AS last
	FROM finding n LEFT JOIN setting s ON s.evidence = n.evidence AND s.key = 'since'
	WHERE n.stage IS NOT NULL GROUP BY n.evidence, n.stage
) m ON m.evidence = v.evidence;

-- ---- what the report draws ----

-- what happened on which day in which stage: findings that have no event, and the events of the others; rank begins with
-- the severity, so that the greatest is the gravest, and is the same one always
CREATE VIEW v_activity AS
SELECT evidence, strftime('%Y-%m-%d', day * 86400 - 11644473600, 'unixepoch') AS day, stage,
	CASE substr(max(rank), 1, 1) WHEN '5' THEN 'critical' WHEN '4' THEN 'high' WHEN '3' THEN 'medium'
		WHEN '2' THEN 'low' ELSE 'info' END AS level,
	count(*) AS items, nullif(substr(max(rank), 2), '') AS finding
FROM (
	SELECT n.evidence, n.ticks / 864000000000 AS day, coalesce(n.stage, '') AS stage,
		CASE n.level WHEN 'critical' THEN 5 WHEN 'high' THEN 4 WHEN 'medium' THEN 3 WHEN 'low' THEN 2 ELSE 1 END
			|| n.finding AS rank
	FROM finding n
	WHERE n.ticks BETWEEN 0 AND 2650467743999999999 AND n.level <> 'info'
		AND NOT EXISTS (SELECT 1 FROM event x WHERE x.finding = n.finding AND x.volume >> 16 = n.evidence)
	UNION ALL
	SELECT e.volume >> 16, e.ticks / 864000000000, coalesce(e.stage, n.stage, ''),
		CASE coalesce(e.level, n.level) WHEN 'critical' THEN 5 WHEN 'high' THEN 4 WHEN 'medium' THEN 3 ELSE 2 END
			|| coalesce(e.finding, '')
	FROM event e
	LEFT JOIN finding n ON n.evidence = e.volume >> 16 AND n.finding = e.finding
	WHERE coalesce(e.level, n.level) <> 'info' AND e.ticks BETWEEN 0 AND 2650467743999999999
) GROUP BY evidence, day, stage;

CREATE VIEW v_public_dates AS
SELECT DISTINCT strftime('%Y-%m-%d', ticks / 10000000 - 11644473600, 'unixepoch') AS day, TIME(ticks) AS time,
	summary AS title, subject AS cve, source
FROM event WHERE kind = 'public.date';

-- who asked, of the requests that are kept
CREATE VIEW v_addresses AS
SELECT evidence, address, STAMP(first) AS first, STAMP(last) AS last, requests,
	CASE rank WHEN 5 THEN 'critical' WHEN 4 THEN 'high' WHEN 3 THEN 'medium' WHEN 2 THEN 'low' ELSE 'info' END AS level,
	kinds
FROM (
	SELECT evidence, address, min(first) AS first, max(last) AS last, sum(requests) AS requests, max(rank) AS rank,
		group_concat(kind, ', ') AS kinds
	FROM (
		SELECT e.volume >> 16 AS evidence, e.subject AS address, min(e.ticks) AS first, max(e.ticks) AS last,
			count(*) AS requests, replace(e.kind, '.request', '') AS kind,
			max(CASE coalesce(e.level, n.level) WHEN 'critical' THEN 5 WHEN 'high' THEN 4 WHEN 'medium' THEN 3
				WHEN 'low' THEN 2 ELSE 1 END) AS rank
		FROM event e
		LEFT JOIN finding n ON n.evidence = e.volume >> 16 AND n.finding = e.finding
		WHERE e.kind LIKE '%.request' AND e.subject <> '' AND e.volume > 65535
		GROUP BY e.volume >> 16, e.subject, e.kind
	) GROUP BY evidence, address
);

-- the rows that edges join, in a word or two
CREATE VIEW v_nodes AS
SELECT r.evidence, r.row, coalesce(n.title, nullif(trim(coalesce(e.subject, '') || ' ' || coalesce(e.summary, '')), ''),
	coalesce(d.path, '') || '/' || f.name) AS label
FROM (SELECT evidence, from_row AS row FROM edge UNION SELECT evidence, to_row FROM edge) r
LEFT JOIN finding n ON n.evidence = r.evidence AND n.finding = r.row
LEFT JOIN event e ON e.id = iif(r.row LIKE 'event:%', CAST(substr(r.row, 7) AS INTEGER), NULL)
LEFT JOIN file f ON f.id = iif(r.row LIKE 'file:%', CAST(substr(r.row, 6) AS INTEGER), NULL)
LEFT JOIN folder d ON d.id = f.volume << 32 | f.folder;
