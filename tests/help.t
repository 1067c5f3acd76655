#!/bin/sh
# ipcopy help COMMAND: the manual page on a terminal, else what --help prints.
# A program that says what it was asked for stands in for man.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
mkdir bin
cat >bin/man <<'END'
#!/bin/sh
# man -w finds the page `copy` only
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

# on_terminal ARGUMENT…: ipcopy with a terminal for its output.
on_terminal() {
	script -qec "'$ipcopy' $*" /dev/null </dev/null 2>err | tr -d '\r' >out
	status=0
}

run help
cp out overview
run --help
cmp -s out overview && says out 'ipcopy COMMAND'
result $? 'ipcopy help shows all commands, as --help does'
run help copy
"$ipcopy" copy --help >options
cmp -s out options
result $? 'ipcopy help copy is copy --help where there is no terminal'

if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	on_terminal help copy
	grep -q "^man -l $top/doc/man/ipcopy-copy.1\$" out
	result $? 'and the manual page on one'
	on_terminal help
	says out 'ipcopy COMMAND'
	result $? 'ipcopy help shows all commands there, too'

	# a program without pages beside it
	mkdir -p away/bin
	cp "$ipcopy" away/bin/ipcopy
	real=$ipcopy
	ipcopy=$work/away/bin/ipcopy
	if ! on_terminal help copy || says out 'man -l /'; then
		skip 'the manual pages are installed here'
	else
		says out 'usage: ipcopy copy'
		result $? 'without a page: what --help prints'
		MAN_FINDS='ipcopy-copy'
		on_terminal help copy
		says out 'man 1 ipcopy-copy'
		result $? 'the page that man finds by itself'
		MAN_FINDS=
		run help plan
		test "$status" -eq 4 && one_line_says 'ipcopy-plan(5)'
		result $? 'help plan without a page is refused, and says why'
	fi
	ipcopy=$real
	rm bin/man
	PATH=$work/bin
	sh=$(command -v sh)
	PATH=$usual
	ln -s "$(command -v script)" "$(command -v tr)" bin
	PATH=$work/bin SHELL=${sh:-/bin/sh} on_terminal help copy
	says out 'usage: ipcopy copy'
	result $? 'without man: what --help prints'
else
	skip 'no script to make a terminal with'
fi
run help plan
test "$status" -eq 0 || test "$status" -eq 4
result $? 'help plan opens a page of no command, or says why not'
run help lits
test "$status" -eq 2 && one_line_says 'did you mean list?'
result $? 'help of nothing is refused'
run help copy list
test "$status" -eq 2 && one_line_says 'one argument too many'
result $? 'so is help of two things'
finish
