#!/bin/sh
# The manual pages: they must describe what the program has, their examples must
# work, and they must be formatted without a warning.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
pages=$here/doc/man
made=$top/doc/man
tab=$(printf '\t')
status=0

# page_of NAME SECTION: prints the path of a page, in the source or in the build
page_of() {
	if test -e "$pages/$1.$2"; then
		echo "$pages/$1.$2"
	else
		echo "$made/$1.$2"
	fi
}

# in_page FILE WANT: prints a part of a page, as man.awk says
in_page() {
	awk -v want="$2" -f "$here/tests/man.awk" "$1"
}

# --- options and words ---------------------------------------------------------

# Prints the options in the help of a command: the tag, a tab and the text.
# Prints the headings, too.
help_options() {
	COLUMNS=80 "$ipcopy" "$1" --help | awk '
	function put() { if (tag != "") print tag "\t" text; tag = text = "" }
	/^  (-.,|   ) --/ || /^  -., --/ {
		put()
		tag = substr($0, 3)
		sub(/^ +/, "", tag)
		if (match(tag, /   */)) {
			text = substr(tag, RSTART + RLENGTH)
			tag = substr(tag, 1, RSTART - 1)
		}
		next
	}
	/^                          / && tag != "" {
		sub(/^ +/, "")
		text = text " " $0
		next
	}
	{ put() }
	/^[A-Z].*[a-z]:$/ { print }
	END { put() }'
}

# Prints the words that an option accepts, as its error names them. No words: it
# accepts any text.
choices() {
	"$ipcopy" "$1" "$2" '?' --no-such-option 2>&1 </dev/null |
		sed -n "s/^ipcopy: $2 .*allowed: //p" | tr -d ,
}

# Prints the default in the help of an option.
default_in() {
	echo " $1" | sed -n -e 's/.*(default:* \([^);,]*\)[);,].*/\1/p' \
		-e 's/.*[( ]\([^ ,(]*\) (default[:)].*/\1/p'
}

same_options() {
	cut -f 1 help >out
	cut -f 1 manual >err
	cmp -s out err
	result $? "ipcopy $1 --help and the manual have the same options and headings"
}

# Prints the words of a text, with blanks between them.
only_words() {
	echo "$1" | tr -c 'A-Za-z0-9./%_-' ' ' | sed 's/\. / /g'
}

# has WORD TEXT: true if WORD, which may be several words, is in TEXT, which
# only_words has printed
has() {
	word=$1
	case $word in
	*[!A-Za-z0-9./%_-]*)
		word=$(printf '%s' "$1" | tr -c 'A-Za-z0-9./%_-' ' ')
		;;
	esac
	case " $2 " in
	*" $word "*) ;;
	*) return 1 ;;
	esac
}

# The manual must have the same defaults and every word that is allowed.
same_values() {
	: >err
	while IFS=$tab read -r tag text; do
		option=$(echo "$tag" | grep -oE -e '--[a-z-]+') || continue
		told=$(only_words "$(grep -F -e "$tag$tab" manual)")
		default=$(default_in "$text")
		if test -n "$default" &&
			{ ! has "$default" "$told" || ! has default "$told"; }; then
			echo "$option: the default is $default" >>err
		fi
		test "${tag#* }" != "$tag" || continue
		for choice in $(choices "$1" "$option"); do
			has "$choice" "$told" || echo "$option: $choice" >>err
		done
	done <help
	silent "the manual of $1 has its defaults and the words that it accepts"
}

# ipcopy(1) must list each command, and describe it as the command's page does.
same_summary() {
	page=$(page_of "ipcopy-$1" 1)
	in_page "$page" NAME >named
	echo "ipcopy-$1 \\- $2" | sed 's/\\-/-/' >wanted
	grep -A 1 -x "\.B $1" "$pages/ipcopy.1" | sed 1d >listed
	{
		cmp -s named wanted || echo "$(cat named), not $(cat wanted)"
		test "$(cat listed)" = "$2" || echo "ipcopy(1): $(cat listed)"
	} >err
	silent "ipcopy-$1(1) and ipcopy(1) describe $1 alike"
}

same_usage() {
	"$ipcopy" "$1" --help | sed -n '1s/^usage: //p' |
		sed 's/ \[OPTION[.]*\]//' | tr -d '[]' >usage
	in_page "$page" SYNOPSIS | tr -d '[]' >synopsis
	tr ' ' '\n' <usage | while read -r word; do
		grep -qF -e "$word" synopsis || echo "$word is missing"
	done >err
	silent "the synopsis of ipcopy-$1(1) has the operands"
}

COLUMNS=200 "$ipcopy" help |
	sed -n 's/^  \([a-z][a-z]*\)  *\(.*\)/\1 \2/p' | grep -v '^help ' >commands
while read -r command summary; do
	if ! test -e "$(page_of "ipcopy-$command" 1)"; then
		echo "doc/man/ipcopy-$command.1 is missing" >err
		silent "ipcopy $command has a manual page"
		continue
	fi
	same_summary "$command" "$summary"
	same_usage "$command"
	help_options "$command" >help
	in_page "$page" options >manual
	same_options "$command"
	same_values "$command"
done <commands

# --- mechanisms ---------------------------------------------------------------------

has_settings() {
	"$ipcopy" list "$1" | sed -n 's/^  \([a-z]*=\).*/\1/p' | sort -u >out
	in_page "$pages/ipcopy-mechanisms.7" "$1" |
		grep -oE '(^|, )[a-z]+=[A-Z]' | tr -d ', A-Z' | sort -u >err
	test -s out && cmp -s out err
	result $? "the manual has the settings of $1"
}

"$ipcopy" list --format csv | sed '1d; s/,.*//' >names
while read -r name; do
	has_settings "$name"
done <names

# --- the files of a run ---------------------------------------------------------------

for file in samples.csv summary.csv copies.csv; do
	sed -n 1p "$here/results/reference/$file" | tr -d '"\r' | tr , '\n' |
		sort -u >out
	in_page "$made/ipcopy-run.5" "$file" | tr ' ' '\n' | sort -u >told
	comm -23 out told >err
	silent "ipcopy-run(5) has the columns of $file"
done

# --- references and form --------------------------------------------------------------

all=$(ls "$pages"/*.[1-8] "$made/ipcopy-run.5")
for page in $all; do
	name=${page##*/}
	in_page "$page" "SEE ALSO" >refers
	# also references in the text
	sed -n 's/^\.BR \(ipcopy[a-z\\-]*\) (\([0-9]\)).*/\1(\2)/p' "$page" |
		sed 's/\\-/-/g' >>refers
	grep -oE 'ipcopy[a-z-]*\([0-9]\)' refers | sort -u | tr '()' '  ' >refers.all
	while read -r other section; do
		test -e "$(page_of "$other" "$section")" ||
			echo "$other($section)"
	done <refers.all >err
	test -s refers.all || echo 'no other page' >>err
	silent "$name refers only to pages that exist"
	for title in NAME SYNOPSIS EXAMPLES DESCRIPTION 'SEE ALSO'; do
		sed -n 's/^\.SH //p' "$page" | grep -qx "$title" || echo "$title"
	done >err
	# examples must come first
	sed -n 's/^\.SH //p' "$page" | sed -n 3p | grep -qx EXAMPLES ||
		echo 'EXAMPLES is not the third' >>err
	silent "$name has the sections that it must have"
done
for page in $all; do
	name=$(basename "$page" | sed 's/-/\\\\-/g; s/\.\([1-8]\)$/ (\1)/')
	test "$page" = "$pages/ipcopy.1" ||
		grep -q "^\.BR $name" "$pages/ipcopy.1" || echo "$name"
done >err
silent 'ipcopy(1) refers to all pages'
for page in $all; do
	test -e "$made/${page##*/}" || echo "${page##*/}"
done >err
silent 'each page is beside the program that was built'

if command -v man >/dev/null && command -v groff >/dev/null; then
	for page in $all; do
		man -l --warnings -E UTF-8 -Tutf8 -Z "$page" 2>&1 >/dev/null |
			sed "s,^,${page##*/}: ,"
	done >err
	silent 'man formats the pages without a warning'
else
	skip 'no man or groff to format the manual with'
fi
if command -v mandoc >/dev/null; then
	for page in $all; do
		mandoc -T lint -W warning "$page"
	done >err 2>&1
	silent 'mandoc -T lint finds no fault'
else
	skip 'no mandoc to check the manual with'
fi

# --- examples -------------------------------------------------------------------------

# ipcopy for the examples of the pages. A made-up program measures in place of
# ipcopy-cell, and fewer conditions.
mkdir bin
cat >bin/ipcopy <<END
#!/bin/sh
case "\$*" in
'bench --resume '*) set -- "\$@" --budget 1s ;;
bench*--dry-run*) ;;
bench*)
	case "\$*" in
	*'--output RUN'*) rm -rf RUN ;;
	esac
	case "\$*" in
	*' --via '*) ;;
	*) set -- "\$@" --via shm --via pipe --size 64K --wait block ;;
	esac
	set -- "\$@" --place free --rounds 3 --budget 2s ;;
esac
IPCOPY_CELL=$here/tests/fake-cell FAKE_LOG=$work/log exec "$ipcopy" "\$@"
END
chmod +x bin/ipcopy
PATH=$work/bin:$PATH
export PATH
# Makes runs of one mechanism for figures, and complete runs.
"$here/tests/made_up_run" drawn one 1
"$here/tests/made_up_run" later one 2
for seed in 1 2; do
	echo 'pipe pipe stream 4096 1 block core 1e9 0.02 ok' |
		"$here/tests/true_run" "whole$seed" 14 $seed
done

# runs OF AFTER: makes the runs that the examples name
runs() {
	rm -rf RUN BEFORE AFTER
	cp -r "$1" RUN
	cp -r "$1" BEFORE
	cp -r "$2" AFTER
}

# Also true if a gate failed or is undecided, since that is an answer.
ends_well() {
	test "$status" -eq 0 && return
	case $1 in
	*--gate* | *--at-most*) test "$status" -eq 1 || test "$status" -eq 5 ;;
	*) false ;;
	esac
}

# try PAGE LINE: a test of one example. An example that this machine cannot run
# is skipped. An example that several pages have is tried once.
: >tried
try() {
	test -z "$child" && grep -qxF -e "$2" tried && return
	echo "$2" >>tried
	cp in SRC
	rm -f DST
	shell="sh"
	case $2 in
	*'completion bash)'*) shell="bash" ;;
	esac
	if ! command -v "$shell" >/dev/null; then
		skip "$2: no $shell"
		return
	fi
	"$shell" -c "$2" >out 2>err </dev/null
	status=$?
	if test "$status" -eq 4; then
		skip "$2: $(tail -n 1 err)"
		return
	fi
	ends_well "$2"
	result $? "$1: $2"
}

# A server continues while the commands after it run.
begin_server() {
	cp in SRC
	sh -c "exec $1" >served 2>said </dev/null &
	child=$!
}

end_server() {
	test -n "$child" || return
	case $1 in
	*--keep*) kill -TERM "$child" ;;
	esac
	wait "$child"
	status=$?
	child=
	cp said err
	test "$status" -eq 0 || { test "$status" -eq 130 && test "${1#*--keep}" != "$1"; }
	result $? "$2: $1"
}

try_examples() {
	server=
	in_page "$1" examples >list
	test -s list
	status=$?
	: >out
	: >err
	result "$status" "${1##*/} has examples"
	while read -r line; do
		case $line in
		'') end_server "$server" "${1##*/}" ;;
		'{ "name"'*) echo "$line" >plan.json ;;
		'{'* | '"'*) echo "$line" >>plan.json ;;
		'ipcopy serve '*)
			server=$line
			begin_server "$line"
			;;
		*) try "${1##*/}" "$line" ;;
		esac
	done <list
}

for page in $all; do
	case $page in
	*export*) runs whole1 whole2 ;;
	*) runs drawn later ;;
	esac
	try_examples "$page"
done
try ipcopy-plan.5 'ipcopy bench ./plan.json --dry-run'
finish
