#!/bin/sh
# The manual page: it has what the program has, and its examples work.
here=$(cd "${top_srcdir:-.}" && pwd)
page=$here/doc/ipcopy.1
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
PATH=$top:$PATH
export PATH

# The page without its escapes.
text() {
	sed -e 's/\\-/-/g' -e 's/\\f[A-Z]//g' "$page"
}

# section NAME: from its heading to the next one.
section() {
	text | awk -v name="$1" '/^\.S[SH] / { on = substr($0, 5) == name }
		on && !/^\.S[SH] /'
}

options() {
	grep -oE -e '--[a-z][a-z-]*' | sort -u
}

same_options() {
	"$ipcopy" "$1" --help | sed -n 's/^  \(-.,\)\{0,1\} *\(--[^ ]*\).*/\2/p' |
		sort -u >out
	# what stands as a tag; the text may speak of others
	section "ipcopy $1" | grep -E '^(\.[BIR]+ )?-' | options >err
	cmp -s out err
	result $? "ipcopy $1 --help and the manual have the same options"
}

has_settings() {
	"$ipcopy" list "$1" | sed -n 's/^  \([a-z]*=\).*/\1/p' | sort -u >out
	section "$1" | grep -oE '[a-z]+=[" ]' | tr -d '" ' | sort -u >err
	test -s out && cmp -s out err
	result $? "the manual has the settings of $1"
}

# examples FILE: its lines that copy or list.
examples() {
	sed -e 's/\\-/-/g' "$1" |
		sed -nE 's,^ *(\./)?(ipcopy (copy|list|lab|explain|count) .*|ipcopy list)$,\2,p'
}

# An example that wants more than this machine has is skipped, out loud.
try_examples() {
	examples "$1" >list
	test -s list
	status=$?
	: >out
	: >err
	result "$status" "${1##*/} has examples"
	while read -r line; do
		cp in SRC
		rm -f DST
		sh -c "$line" >out 2>err </dev/null
		status=$?
		if test "$status" -eq 4; then
			skip "$line: $(cat err)"
			continue
		fi
		test "$status" -eq 0
		result $? "${1##*/}: $line"
	done <list
}

status=0
for command in list copy serve fetch count explain exercise lab bench doctor verdict \
	compare export plot report; do
	same_options "$command"
done
"$ipcopy" list --format csv | sed '1d; s/,.*//' >names
while read -r name; do
	has_settings "$name"
done <names
try_examples "$page"
try_examples "$here/README.md"
if command -v man >/dev/null && command -v groff >/dev/null; then
	man -l --warnings -E UTF-8 -Tutf8 -Z "$page" >/dev/null 2>err
	status=$?
	: >out
	test "$status" -eq 0 && ! test -s err
	result $? 'the manual is formatted without a warning'
else
	skip 'no man or groff to format the manual with'
fi
finish
