#!/bin/sh
# The README: each of its commands must work, in their order, and its links must
# lead to files. A command that would take minutes measures fewer conditions.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
page=$here/README.md

# Prints the commands in the blocks of sh.
commands() {
	awk '/^```/ { on = $0 == "```sh"; next } on' "$page" | sed 's/ *#.*//'
}

# Makes a program `ipcopy` for the commands of the page. It measures for a
# shorter time.
cat >shorter <<END
#!/bin/sh
case "\$1" in
bench)
	case "\$*" in
	*" --via "*) ;;
	*) set -- "\$@" --via shm --via pipe --size 64K --wait block ;;
	esac
	set -- "\$@" --place same --rounds 3 --budget 3s ;;
esac
exec "$ipcopy" "\$@"
END
chmod +x shorter
mv shorter ipcopy
cp in SRC

# measured_elsewhere COMMAND: if this machine cannot measure, copies the
# reference run in place of the run that the command would have made.
measured_elsewhere() {
	case $1 in
	*' --output '*) cp -r "$here/results/reference" "${1##* --output }" ;;
	esac
}

# A gate may answer by status 1 (failed) or 5 (undecided). Status 4, or status 3
# with an error about gnuplot, means that this machine cannot run the command.
try() {
	sh -c "$1" >out 2>err </dev/null
	status=$?
	if test "$status" -eq 4 || { test "$status" -eq 3 && says err 'gnuplot'; }; then
		skip "$1: $(tail -n 1 err)"
		measured_elsewhere "$1"
		return
	fi
	case $1 in
	*--gate* | *--at-most*)
		test "$status" -eq 0 || test "$status" -eq 1 ||
			test "$status" -eq 5
		;;
	*) test "$status" -eq 0 ;;
	esac
	result $? "$1"
}

commands | grep '^\./ipcopy ' >list
test "$(wc -l <list)" -ge 10
result $? 'README.md has commands'
commands | grep -v '^\./ipcopy ' | sort -u | tr '\n' ' ' >out
test "$(cat out)" = './quickstart ./quickstart check '
result $? 'the other commands of README.md are those of quickstart'
while read -r line; do
	rm -f DST
	try "$line"
done <list

# The gate that fails: the indented commands, and the output that the page shows.
awk '/^To see this gate fail/ { on = 1 }
	on && /^    / { print substr($0, 5) >"red" }
	on && /^```/ && ++fences == 2 { exit }
	fences == 1 && !/^```/ { print >"expected" }' "$page"
ln -s "$here/results" results
COLUMNS=80 sh red >out 2>err
status=$?
LC_ALL=C sed 's/\xc3\x97/x/g' expected >plain
head -n "$(wc -l <plain)" out >begins
test "$status" -eq 1 && test "$(wc -l <plain)" -ge 5 && cmp -s plain begins
result $? 'the gate that is to fail fails, with the output of README.md'

: >out
: >err
missing=0
grep -oE '\]\([^)#]+\)|src(set)?="[^"]+"' "$page" |
	sed -E 's/^\]\(//; s/^[^"]*"//; s/[")]$//' >links
while read -r link; do
	case $link in
	http*) ;;
	*)
		test -e "$here/$link" || {
			echo "no $link" >>err
			missing=1
		}
		;;
	esac
done <links
test "$missing" -eq 0
result $? 'every file that README.md links to exists'
test "$(readlink "$here/README")" = README.md || cmp -s "$here/README" "$page"
result $? 'README has the text of README.md'
finish
