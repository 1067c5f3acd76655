#!/bin/sh
# Names and sizes in the source files.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

# Each line has a room, which is a folder of src/, and names that two static
# functions in it may share. Tables of function pointers have these functions:
# struct part in copy, struct ring_sync in transport.
allowed='
copy again end join judge move
transport create join offer post_empty post_full try_full wait_empty wait_full
'

# "FILE LINE static|extern NAME PARAMETERS LINES" for each function
cat >functions.awk <<'EOF'
function say_header(	text, name, depth, i, c, commas) {
	text = header
	while (match(text, /__attribute__\(\([^()]*(\([^()]*\))?\)\)/))
		text = substr(text, 1, RSTART - 1) substr(text, RSTART + RLENGTH)
	if (!match(text, /[A-Za-z_][A-Za-z_0-9]* *\(/))
		return
	name = substr(text, RSTART, RLENGTH - 1)
	text = substr(text, RSTART + RLENGTH)
	for (i = depth = 1; depth > 0 && i <= length(text); i++) {
		c = substr(text, i, 1)
		depth += (c == "(") - (c == ")")
		commas += c == "," && depth == 1
	}
	printf "%s %d %s %s %d", FILENAME, at,
		header ~ /^static/ ? "static" : "extern", name, commas + 1
}
FNR == 1 { header = ""; inside = 0 }
inside && /^}/ { print " " FNR - from - 1; inside = 0; next }
inside { next }
/^[A-Za-z_]/ && !/^(extern|typedef|namespace|using|template|class)/ {
	header = ""
	at = FNR
}
/^[A-Za-z_ \t(]/ { header = header " " $0; sub(/^ /, "", header) }
/;[ \t]*$/ || /^#/ || /= \{/ { header = "" }
/^{/ {
	if (header ~ /\(/ && header !~ /=/) {
		say_header()
		inside = 1
		from = FNR
	}
	header = ""
}
EOF
(cd "$here" && find src bench tests -name '*.[ch]' -o -name '*.cc') |
	grep -v '_list\.h$' | sort >files
(cd "$here" && xargs awk -f "$work/functions.awk") <files >functions

awk '$5 > 6 { print $1 ":" $2 ": " $4 " has " $5 " parameters" }' \
	functions >err
silent 'no function has more than six parameters'

awk '$6 > 40 { print $1 ":" $2 ": " $4 " has " $6 " lines" }' \
	functions >err
silent 'no function has more than 40 lines'

(cd "$here" && xargs wc -l) <files | awk '$2 != "total" && $1 > 450 {
	print $2 " has " $1 " lines" }' >err
silent 'no file has more than 450 lines'

{
	echo "$allowed"
	echo FUNCTIONS
	cat functions
} | awk '
	$1 == "FUNCTIONS" { past = 1; next }
	!past { for (i = 2; i <= NF; i++) hook[$1 " " $i]; next }
	$3 == "static" && $1 ~ /^src\// {
		split($1, part, "/")
		key = part[2] " " $4
		if (key in where && where[key] != $1 && !(key in hook))
			print $1 ":" $2 ": " $4 " is also in " where[key]
		where[key] = $1
	}' >err
silent 'no two static functions of a room share a name'

# "USER OWNER" for each file of src/ that needs a function of another file of its
# room; preload.c is a program of its own.
cat >needs.awk <<'EOF'
function room_of(file,	part) {
	split(file, part, "/")
	return part[2]
}
NR == FNR {
	if ($1 !~ /^src\// || $1 ~ /preload\.c$/)
		next
	if ($3 == "extern")
		owner[room_of($1) " " $4] = $1
	else
		own[$1 " " $4]
	next
}
FNR == 1 { comment = 0; room = room_of(FILENAME) }
{
	gsub(/"([^"\\]|\\.)*"/, "")
	gsub(/\/\*([^*]|\*[^\/])*\*\//, "")
	if (comment && !sub(/^.*\*\//, ""))
		next
	comment = sub(/\/\*.*$/, "")
	gsub(/(->|\.)[ \t]*[A-Za-z_][A-Za-z_0-9]*/, " ")
	n = split($0, word, /[^A-Za-z_0-9]+/)
	for (i = 1; i <= n; i++) {
		key = room " " word[i]
		if (key in owner && owner[key] != FILENAME &&
		    !(FILENAME " " word[i] in own))
			print FILENAME, owner[key]
	}
}
EOF
(cd "$here" && grep '^src/.*\.c$' "$work/files" |
	xargs awk -f "$work/needs.awk" "$work/functions") | sort -u >needs
tsort needs 2>err >order
silent 'no files of a room need each other in a circle'

# this script itself: it must find the functions
awk '{ seen += 1 } END { if (seen < 3000) print seen " functions" }' \
	functions >err
silent 'this test finds the functions'
finish
