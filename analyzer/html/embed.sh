#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Files as bytes of a C source, and their hashes as a content security policy names them.
# usage: embed.sh NAME FILE [NAME FILE...] > C-SOURCE
set -eu

bytes()
{
	od -An -v -tx1 "$1" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g; s/^/\t/'
}

# What stands between the tags is what is hashed, to the byte.
hash()
{
	sha256sum < "$1" | cut -c1-64 | tr a-f A-F | basenc --base16 -d | basenc --base64
}

echo '/* Made by embed.sh. */'
echo '#include "html/embedded.h"'
while [ $# -gt 0 ]; do
	printf 'static const unsigned char %s_bytes[] = {\n' "$1"
	bytes "$2"
	printf '};\n'
	printf 'const struct html_embedded html_%s = {\n' "$1"
	printf '\t.bytes = %s_bytes,\n\t.size = sizeof(%s_bytes),\n' "$1" "$1"
	printf '\t.hash = "sha256-%s",\n};\n' "$(hash "$2")"
	shift 2
done
