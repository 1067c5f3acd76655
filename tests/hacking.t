#!/bin/sh
# doc/HACKING shows a mechanism as a diff. This compares it with the tree.
echo 1..2
top=${top_srcdir:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# the diff begins with its first file and is indented by four spaces
sed -n '/^    --- /,/^[^ ]/s/^    //p' "$top/doc/HACKING" > "$work/diff"

# the tree must have every line of the added file
sed -n '/^+++ b\/src\/transport\/unix.c/,/^--- /p' "$work/diff" |
	sed -n '3,$p' | sed -n 's/^+//p' > "$work/unix.c"
if cmp -s "$work/unix.c" "$top/src/transport/unix.c"; then
	echo "ok 1 - the added file of doc/HACKING is the same in the tree"
else
	echo "not ok 1 - the added file of doc/HACKING is the same in the tree"
	diff "$work/unix.c" "$top/src/transport/unix.c" | sed 's/^/# /'
fi

line=$(sed -n '/^+++ b\/src\/local.am/,$s/^+\([^+]\)/\1/p' "$work/diff")
if [ -n "$line" ] && grep -qxF "$line" "$top/src/local.am"; then
	echo "ok 2 - the added line of doc/HACKING is in src/local.am"
else
	echo "not ok 2 - the added line of doc/HACKING is in src/local.am"
	echo "# in doc/HACKING: $line"
fi
