#!/bin/sh
# headers.sh - every public header compiles alone.
set -eu
cd "${srcdir:-.}"
for header in include/*.h; do
	${CC:-cc} -std=gnu17 -Wall -Wextra -Werror -Wno-unused-function -D_GNU_SOURCE -Iinclude -fsyntax-only -x c "$header" || { echo "headers: $header does not compile alone"; exit 1; }
done
