# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by ./run: the packages of Debian 12 that building and testing need.

: "${build:?}"

# PACKAGE then what it is for; the reason is shown when the package cannot be had.
packages()
{
	cat <<-'END'
	autoconf the build
	automake the build
	pkg-config the build
	make the build
	gcc the build
	libc6-dev the build
	libelf-dev the analyzer and the collector
	libbpf-dev the analyzer (BTF)
	libdw-dev the analyzer (DWARF)
	zlib1g-dev compressed dumps
	liblzo2-dev the analyzer (compressed dumps)
	libsnappy-dev the analyzer (compressed dumps)
	libzstd-dev the analyzer (compressed dumps)
	libjansson-dev JSON output
	libsmartcols-dev tables
	nettle-dev checksums in the manifest
	libcmocka-dev the unit tests
	linux-headers-cloud-amd64 the kernel module and the kernel that the tests boot
	kmod module dependencies of the guest kernel
	debian-archive-keyring the guest kernels of other suites
	flex building a guest kernel
	bison building a guest kernel
	bc building a guest kernel
	gawk building a guest kernel
	xz-utils building a guest kernel
	dwarves building a guest kernel (BTF)
	qemu-system-x86 the virtual machines of the demo and the tests
	busybox-static the guests' user space
	kexec-tools loading the crash kernel in a guest
	makedumpfile saving the vmcore in a guest
	e2fsprogs the guests' disks
	dosfstools a file system without modes
	xfsprogs another file system
	elfutils tests that read dumps with eu-readelf
	crash tests that open the dumps with crash
	python3 the tests
	python3-pytest the tests
	python3-pytest-xdist tests of the programs, on every processor
	python3-jsonschema tests that validate JSON output
	python3-pyelftools tests that read dumps
	python3-drgn tests that open the dumps with drgn
	chromium tests of the report's page
	chromium-driver tests of the report's page
	python3-selenium tests of the report's page
	python3-html5lib tests of the report's page
	man-db tests of the man pages
	clang the fuzzers
	libclang-rt-14-dev the fuzzers
	sparse ./run lint
	shellcheck ./run lint
	END
}

# Whoever wants all of it: what cannot be had is told, and the tests that need it are skipped.
optional_packages()
{
	echo gcc-aarch64-linux-gnu compiling the module for arm64
}

is_installed()
{
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

missing_packages()
{
	local package _reason
	while read -r package _reason; do
		is_installed "$package" || echo "$package"
	done < <(packages)
}

reason_for()
{
	local package reason
	while read -r package reason; do
		[ "$package" != "$1" ] || echo "$reason"
	done < <(packages)
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

apt()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 "$@"
}

install_these()
{
	apt install --no-install-recommends "$@"
}

# Without this kexec-tools would take over the machine's own reboots.
keep_reboot_as_it_is()
{
	echo "kexec-tools kexec-tools/load_kexec boolean false" |
		as_root env DEBIAN_FRONTEND=noninteractive debconf-set-selections
}

tell_unavailable()
{
	local package
	for package in "$@"; do
		is_installed "$package" ||
			say "deps: no package $package, needed for $(reason_for "$package")" >&2
	done
}

install_packages()
{
	local missing
	command -v apt-get > /dev/null || die "deps: this is made for Debian 12 (no apt-get)"
	mapfile -t missing < <(missing_packages)
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" -eq 0 ] || command -v sudo > /dev/null ||
		die "deps: neither root nor sudo; to be installed: ${missing[*]}"
	say "installing ${missing[*]}"
	case " ${missing[*]} " in
	*" kexec-tools "*) keep_reboot_as_it_is ;;
	esac
	mkdir -p "$build/logs"
	if ! install_these "${missing[@]}" > "$build/logs/deps.log" 2>&1; then
		# The lists may be missing or old.
		apt update >> "$build/logs/deps.log" 2>&1 || true
		install_these "${missing[@]}" >> "$build/logs/deps.log" 2>&1 || install_one_by_one "${missing[@]}"
	fi
	mapfile -t missing < <(missing_packages)
	[ ${#missing[@]} -eq 0 ] || {
		tell_unavailable "${missing[@]}"
		die "deps: some packages could not be installed; see $build/logs/deps.log"
	}
}

install_optional_packages()
{
	local package reason
	mkdir -p "$build/logs"
	while read -r package reason; do
		is_installed "$package" && continue
		say "installing $package"
		install_one_by_one "$package" < /dev/null
		is_installed "$package" || say "deps: no package $package, needed for $reason" >&2
	done < <(optional_packages)
}

# So that one package that cannot be had does not keep the others away.
install_one_by_one()
{
	local package
	for package in "$@"; do
		install_these "$package" >> "$build/logs/deps.log" 2>&1 || true
	done
}
