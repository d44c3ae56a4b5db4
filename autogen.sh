#!/bin/sh
# autogen.sh - plain: make ./configure. `demo` and `check` also install what is missing on Debian, build, and run.
set -eu
cd "$(dirname "$0")"

build_packages="autoconf automake libtool pkg-config make gcc libc6-dev libewf-dev libtsk-dev libyara-dev libsqlite3-dev
	libyaml-dev libpcre2-dev libssl-dev zlib1g-dev libdeflate-dev libseccomp-dev libexpat1-dev libesedb-dev libbfio-dev"
forge_packages="ntfs-3g ntfs-3g-dev libwim-dev"
check_packages="libcmocka-dev python3-libevtx python3-libfsntfs python3-pefile sleuthkit ewf-tools yara sqlite3 strace xz-utils bzip2 python3 man-db python3-yaml
	cryptsetup-bin dislocker libhivex-bin libregf-utils libesedb-utils weasyprint poppler-utils openssl minisign xxd"

ci_packages="clang libclang-rt-14-dev"

usage() {
	echo "usage: ./autogen.sh [demo | check | ci]" >&2
	exit 2
}

missing() {
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || echo "$package"
	done
}

# As root, or through sudo where there is one.
install() {
	command -v dpkg-query >/dev/null || { echo "autogen.sh: not a Debian machine: install the packages named in this file" >&2; return; }
	wanted=$(missing "$@")
	[ -n "$wanted" ] || return 0
	echo "autogen.sh: installing" $wanted >&2
	sudo=
	[ "$(id -u)" = 0 ] || sudo=sudo
	# the packages are separate words on purpose
	# shellcheck disable=SC2086
	{ $sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends $wanted; } >&2
}

bootstrap() {
	mkdir -p .aux
	autoreconf --install --force --warnings=all
}

build() {
	[ -f configure ] || bootstrap
	[ -f Makefile ] || ./configure --quiet
	make -s -j "$(nproc)"
}

case "${1:-}" in
'')
	bootstrap
	echo "now: ./configure && make && make check"
	;;
demo)
	# shellcheck disable=SC2086
	install $build_packages $forge_packages
	build
	make -s demo
	;;
check)
	# shellcheck disable=SC2086
	install $build_packages $forge_packages $check_packages
	build
	make -s -j "$(nproc)" check
	;;
ci) # what .ci/run needs besides, and nothing built
	# shellcheck disable=SC2086
	install $build_packages $forge_packages $check_packages $ci_packages
	bootstrap
	;;
*)
	usage
	;;
esac
