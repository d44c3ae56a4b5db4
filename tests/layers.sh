#!/bin/sh
# layers.sh - who may know whom: the arrows between the rooms, proved by their #include lines.
set -eu
cd "${srcdir:-.}"
bad=0

# A room ($1) may include no header that matches $2.
forbid() {
	found=$(grep -nE "#include [<\"]($2)" -r "src/$1" --include='*.[ch]' || true)
	[ -z "$found" ] || { echo "layers: src/$1 must not include this:"; echo "$found"; bad=1; }
}

rooms='sigma|case|batch|exam|verdict|report|runlog|image|volume|ntfs|catalog|record|profile|content|verb|request|progress'
forbid base "($rooms)\\.h"
forbid readers '(case|batch|exam|verdict|report|runlog|image|volume|ntfs|catalog|record|verb|request|progress)\.h'
forbid content '(case|batch|exam|verdict|report|runlog|image|volume|ntfs|catalog|record|verb|request|progress)\.h'
forbid evidence '(case|batch|exam|verdict|report|runlog|profile|content|verb|request|progress)\.h'
forbid profile '(case|batch|exam|verdict|report|runlog|image|volume|ntfs|catalog|record|content|verb|request|progress)\.h'
forbid rules '(case|batch|exam|verdict|report|runlog|image|volume|ntfs|catalog|record|profile|content|verb|request|progress|source|sink|lines|logs)\.h'
forbid case '(batch|exam|verdict|report|image|volume|ntfs|catalog|record|profile|content|verb|request|progress)\.h'
forbid verdict '(batch|exam|image|volume|ntfs|catalog|record|profile|content|verb|progress|runlog)\.h'
forbid exam '(batch|verdict|report|runlog|verb|sandbox)\.h'
forbid batch '(ntfs|catalog|record|content|report|verb)\.h'
forbid report '(batch|exam|image|volume|ntfs|catalog|record|profile|content|verb|progress|runlog)\.h'

# A library lives in one room.
only() {
	found=$(grep -rnE "#include <$1" src --include='*.[ch]' | grep -vE "^src/($2)/" || true)
	[ -z "$found" ] || { echo "layers: <$1> belongs to src/$2 alone:"; echo "$found"; bad=1; }
}
only '(tsk/|libtsk)' evidence
only '(libewf|libvshadow|libbde)' evidence
only 'libdeflate' evidence
only '(libesedb|libbfio)' readers
only 'expat' readers
only 'wimlib' nobody
only 'yara' 'content|profile'
only 'sqlite3' case
only 'pcre2' 'base|profile|rules'
only 'yaml' 'base|profile'
exit $bad
