#!/bin/sh
# Rooms of src/ include each other only as the table in doc/HACKING allows.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

# Prints "room other" for each room that a room may include.
sed -n '/^A room includes headers/,/^A mechanism includes/s/^    //p' \
	"$here/doc/HACKING" >table
awk '{ rooms[$1] }
	$2 == "all" { all = $1; next }
	$2 != "of" { for (i = 2; i <= NF; i++) print $1, $i }
	END { for (room in rooms) print all, room }' table >allowed

# Prints "file room/header.h" for each include, both paths from src/ on.
(cd "$here/src" && grep -o '^#include "[a-z_]*/[^"]*"' -- */*.[ch]) |
	sed 's/:#include "/ /;s/"$//' >includes

(cd "$here/src" && printf '%s\n' */*.c) | sed 's,/.*,,' | sort -u |
	while read -r room; do
	grep -q "^$room " table || echo "src/$room is not in the table"
done >err
silent 'every room is in the table of doc/HACKING'

awk 'NR == FNR { allowed[$0]; next }
	{ split($1, from, "/"); split($2, to, "/") }
	from[1] != to[1] && !(from[1] " " to[1] in allowed) {
		print "src/" $1 " includes " $2
	}' allowed includes >err
silent 'rooms include only what the table allows'

tsort allowed 2>err >order
silent 'the table has no circle'

grep '^[^ ]*\.h ' includes | tsort 2>err >order
silent 'headers do not include each other in a circle'

# a mechanism's file includes only transport and base
grep '^transport/' includes | grep -v ' \(transport\|base\)/' >err
silent 'mechanisms include only transport and base'
finish
