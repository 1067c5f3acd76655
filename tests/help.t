#!/bin/sh
# ipcopy help COMMAND shows the manual page on a terminal, and elsewhere the
# text of --help. A program in place of man prints its arguments.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
mkdir bin
cat >bin/man <<'END'
#!/bin/sh
# man -w finds only the page that MAN_FINDS names
case $1 in
-w) test "$MAN_FINDS" = "$3" ;;
*) echo "man $*" ;;
esac
END
chmod +x bin/man
MAN_FINDS=
usual=$PATH
PATH=$work/bin:$PATH
export PATH MAN_FINDS

# on_terminal ARGUMENT…: runs ipcopy with a terminal for its output
on_terminal() {
	script -qec "'$ipcopy' $*" /dev/null </dev/null 2>err | tr -d '\r' >out
	status=0
}

run help
cp out overview
run --help
cmp -s out overview && says out 'ipcopy COMMAND'
result $? 'ipcopy help prints what --help prints'
run help copy
"$ipcopy" copy --help >options
cmp -s out options
result $? 'without a terminal, ipcopy help copy prints copy --help'

if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	on_terminal help copy
	grep -q "^man -l $top/doc/man/ipcopy-copy.1\$" out
	result $? 'on a terminal, ipcopy help copy opens the manual page'
	on_terminal help
	says out 'ipcopy COMMAND'
	result $? 'on a terminal, ipcopy help shows all commands'

	# a program that has no pages beside it
	mkdir -p away/bin
	cp "$ipcopy" away/bin/ipcopy
	real=$ipcopy
	ipcopy=$work/away/bin/ipcopy
	if ! on_terminal help copy || says out 'man -l /'; then
		skip 'the manual pages are installed here'
	else
		says out 'usage: ipcopy copy'
		result $? 'without a page, ipcopy help copy prints copy --help'
		MAN_FINDS='ipcopy-copy'
		on_terminal help copy
		says out 'man 1 ipcopy-copy'
		result $? 'ipcopy help copy opens a page that man finds by itself'
		MAN_FINDS=
		run help plan
		test "$status" -eq 4 && one_line_says 'ipcopy-plan(5)'
		result $? 'help plan without a page is an error that names the page'
	fi
	ipcopy=$real
	rm bin/man
	PATH=$work/bin
	sh=$(command -v sh)
	PATH=$usual
	ln -s "$(command -v script)" "$(command -v tr)" bin
	PATH=$work/bin SHELL=${sh:-/bin/sh} on_terminal help copy
	says out 'usage: ipcopy copy'
	result $? 'without man, ipcopy help copy prints copy --help'
else
	skip 'no script to make a terminal with'
fi
run help plan
test "$status" -eq 0 || test "$status" -eq 4
result $? 'help plan opens ipcopy-plan(5), or says why not'
for text in lesson method promise; do
	run help $text
	test "$status" -eq 0 &&
		cmp -s out "$here/doc/$(echo "$text" | tr "[:lower:]" "[:upper:]")"
	result $? "ipcopy help $text prints the text"
done
run help leson
test "$status" -eq 2 && one_line_says 'did you mean lesson?'
result $? 'a text that is misspelt is refused'
run help lits
test "$status" -eq 2 && one_line_says 'did you mean list?'
result $? 'help of an unknown command is refused'
run help copy list
test "$status" -eq 2 && one_line_says 'one argument too many'
result $? 'help of two commands is refused'
finish
