#!/bin/sh
# embed.sh - a text file as a C string, byte for byte. Usage: embed.sh NAME FILE >FILE.h
set -eu
echo "/* Made by embed.sh from $(basename "$2"). */"
echo "static const char $1[] ="
sed -e 's/["\\]/\\&/g' -e 's/\t/\\t/g' -e 's/^/	"/' -e 's/$/\\n"/' "$2"
echo '	;'
