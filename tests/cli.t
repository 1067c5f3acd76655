#!/bin/sh
# The command line: wrong arguments and their messages, help, list, lost output.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
mkdir dir

# refused STATUS WORDS ARGUMENT...: a test of one line with these words and no
# other output
refused() {
	expected=$1
	words=$2
	shift 2
	run "$@"
	if says err 'built without Google Benchmark'; then
		skip "ipcopy $*: it cannot measure here"
		return
	fi
	test "$status" -eq "$expected" && one_line_says "$words" &&
		! test -s out && cmp -s before dst
	result $? "refused: ipcopy $*"
}

# --- wrong arguments --------------------------------------------------

refuse_commands() {
	refused 2 'ipcopy --help'
	refused 2 'did you mean copy?' cpy in dst
	refused 2 "''" ''
	refused 2 'did you mean count?' cnout
	refused 2 'did you mean list?' lits
	refused 2 'did you mean report?' repo
	refused 2 'did you mean verdict?' v
	refused 2 "'co' is not known; allowed" co
	refused 2 'did you mean --verbose?' list --verb
	refused 2 'one argument too many' -V now
	refused 2 'did you mean list?' help lits
	refused 2 'one argument too many' help copy list
	refused 2 'one argument too many' --version now
	refused 2 'did you mean shm?' list shn
	refused 2 "'pipe' is one argument too many" list shm pipe
	refused 2 'allowed: table, json, csv' list --format yaml
}

refuse_arguments() {
	refused 2 'SRC is missing; usage: ipcopy copy SRC DST' copy
	refused 2 'DST is missing; usage: ipcopy copy SRC DST' copy in
	refused 2 "'more' is one argument too many" copy in dst more
	refused 2 "'--fsync' is one argument" copy in dst -- --fsync
	refused 2 'did you mean --via?' copy in dst --vai pipe
	refused 2 "'--vai'" copy in dst --vai=pipe
	refused 2 "'-x'" copy in dst -x
	refused 2 'ipcopy copy --help lists all options' copy in dst -x
	refused 2 'did you mean --cpus? ipcopy bench --help lists' bench \
		--cores 0,1
	refused 2 'needs a value: --via M' copy in dst --via
	refused 2 '--quiet takes no value' copy in dst --quiet=yes
	refused 2 'did you mean json?' copy in dst --format jsn
	refused 2 '--place' copy in dst --place moon
	refused 2 'such as 0,1' copy in dst --cpus 0
	refused 2 'such as 0,1' copy in dst --cpus 0,b
	refused 2 'such as 0,1' copy in dst --cpus=-1,0
	refused 2 'contradict' copy in dst --cpus 0,0 --place same
	refused 2 'and 4K or more' copy in dst --via tcp-zerocopy:buffer=3000
}

refuse_mechanisms() {
	refused 2 'did you mean pipe?' copy in dst --via pip
	refused 2 "mechanism ''" copy in dst --via ''
	refused 2 'did you mean pipe?' copy in dst --via shm --via pip
	refused 2 'did you mean depth?' copy in dst --via shm:dept=4
	refused 2 'size needs a value' copy in dst --via pipe:size
	refused 2 'size is given twice' copy in dst --via pipe:size=1,size=2
	refused 2 'size is given twice' copy in dst --via pipe:size=1 --size 2
	refused 2 'depth' copy in dst --via pipe --depth 4
	refused 2 'depth' copy in dst --via shm --via pipe --depth 4
	refused 2 'did you mean posix?' copy in dst --via shm:region=posik
	refused 2 'allowed: block, spin' copy in dst --wait sleep
	refused 2 'one value' copy in dst --size 4K,depth=2
	refused 2 'sync=spin' copy in dst --via shm:sync=spin,wait=block
	refused 2 'depth times size' copy in dst --via shm:depth=65536,size=1M
	refused 2 'for the lab only' copy in dst --via shm:sync=none
	refused 2 'for the lab only' serve in --name n --via shm:sync=none
	refused 2 'counts at most 32767' copy in dst \
		--via shm:sync=sysv-sem,depth=32768,size=1
}

refuse_numbers() {
	for size in 12Q -1 0 1.5K +1 0x10 '1 K' 2G 16777216T \
		99999999999999999999; do
		refused 2 "size=$size is not allowed; size is" \
			copy in dst --size "$size"
		refused 2 "size=$size is not allowed; size is" \
			copy in dst --via "pipe:size=$size"
	done
	refused 2 'BYTES must not be empty' copy in dst --size ''
	refused 2 'size= is not allowed' copy in dst --via pipe:size=
	for time in 0 5x -1 '' 25h 99999999999999999999s; do
		refused 2 "--timeout '$time'" copy in dst --timeout "$time"
	done
	refused 2 "--wait-for '1y'" fetch dst --name n --wait-for 1y
}

refuse_files() {
	refused 2 'is a directory' copy dir dst
	refused 2 'is a directory' copy in dir
	refused 2 'is the file that is copied' copy dst dst
	refused 2 'not a regular file' copy /dev/zero dst
	refused 2 'No such file' copy in nowhere/dst --via pipe --via shm
	refused 2 'only once' copy - dst --via pipe --via shm
	refused 2 'only once' copy in - --via pipe --via shm
	refused 2 'only once' copy - dst --calls
	refused 2 'cannot read bad?name' copy "bad
name" dst
}

# Every command must refuse a path that does not exist as wrong usage (status
# 2).
refuse_what_is_nowhere() {
	refused 2 "for a pipeline: ipcopy count -- sh -c 'cat in | cat > b'" \
		count 'cat in | cat > b'
	for name in nowhere nowhere/x in/x; do
		refused 2 "cannot read $name: No" copy "$name" dst
		refused 2 "cannot read $name: No" serve "$name" --name n
		refused 2 "cannot run ./$name: No" count -- "./$name"
		refused 2 "$name: No" lab A1 --expect "$name"
		refused 2 "$name" verdict "$name"
		refused 2 "$name" compare "$name" "$name"
		refused 2 "$name" plot "$name"
		refused 2 "$name" report "$name"
		refused 2 "$name.json: No" bench "$name.json"
		refused 2 "$name" bench --resume "$name"
		refused 2 "$name: No" count --via pipe --dir "$name"
	done
	for name in nowhere/x in/x; do
		refused 2 "cannot write $name: No" copy in "$name"
		refused 2 "cannot write $name: No" \
			fetch "$name" --name n --wait-for 0
		refused 2 "$name: No" bench quick --dry-run --save-plan "$name"
		refused 2 "$name: No" bench quick --output "$name"
	done
}

refuse_meetings() {
	long=$(printf '%065d' 0)
	refused 2 '--name NAME is missing' serve in
	refused 2 '--name NAME is missing' fetch dst
	for name in . .. .hidden a/b 'a b' "$long"; do
		refused 2 'is not allowed' serve in --name "$name"
		refused 2 'is not allowed' fetch dst --name "$name"
	done
	refused 2 'must not be empty' serve in --name ''
	refused 2 'one mechanism' serve in --name n --via pipe --via shm
	refused 2 'region=posix, region=file, region=memfd' \
		serve in --name n --via shm:region=anon
	refused 2 '--keep needs a file' serve - --name n --keep
	refused 3 'no client' serve in --name n --wait-for 0 --quiet
	refused 3 'no server named' fetch dst --name n --wait-for 0
	refused 2 'option' fetch dst --name n --via pipe
}

refuse_what_is_lacking() {
	refused 4 'CPU 65535' copy in dst --cpus 65535,65535
	refused 4 'raise it with' copy in dst --via mq:size=1G
	run copy in dst --via mq:size=1G --via mq:size=512M
	test "$status" -eq 4 && cmp -s before dst &&
		test "$(grep -c '^mq:.* skipped: ' out)" -eq 2
	result $? 'if all mechanisms are skipped, the status is 4'
}

# --- output -------------------------------------------------------------------

lost_output() {
	if test -c /dev/full; then
		"$ipcopy" "$@" >/dev/full 2>err
		status=$?
		test "$status" -eq 3 && one_line_says 'No space left'
		result $? "ipcopy $* reports that its output was lost"
	else
		skip 'no /dev/full'
	fi
	"$ipcopy" "$@" >&- 2>err
	status=$?
	test "$status" -eq 3 && one_line_says 'standard output'
	result $? "ipcopy $* reports that standard output is closed"
}

# Makes a FIFO that is open for writing and has lost its reader.
reader_has_gone() {
	mkfifo pipe
	# shellcheck disable=SC2094 # a FIFO, opened from both ends
	exec 8<>pipe 9>pipe 8<&-
	for command in list 'list --verbose' --help 'help copy' --version \
		doctor 'lab --all --about' 'plot --list' 'explain pipe' \
		'list --format json --verbose' 'count --calibrate' \
		'bench quick --dry-run' 'copy in new'; do
		# shellcheck disable=SC2086
		"$ipcopy" $command >/dev/null 2>&1
		expected=$?
		# shellcheck disable=SC2086
		"$ipcopy" $command >&9 2>err
		status=$?
		: >out
		test "$status" -eq "$expected" &&
			! grep -q 'standard output' err
		result $? "ipcopy $command ends quietly if its reader has gone"
	done
	exec 9>&-
	rm -f pipe new
}

closed_stderr() {
	"$ipcopy" copy in new --bad 2>&- >out
	status=$?
	: >err
	test "$status" -eq 2 && ! test -e new
	result $? 'with standard error closed, wrong arguments are refused'
	"$ipcopy" copy in new <&- >&- 2>&-
	status=$?
	cmp -s in new
	result $? 'with all descriptors closed, the copy has no other bytes in it'
	rm -f new
}

fits_terminal() {
	test "$status" -eq 0 && test -s out && ! test -s err &&
		awk 'length > 80 { exit 1 }' out
}

show_help() {
	commands=$("$ipcopy" help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')
	test -n "$commands"
	result $? 'ipcopy help lists commands'
	for command in '' $commands; do
		test "$command" != help || continue
		run help ${command:+"$command"}
		fits_terminal
		result $? "ipcopy help $command fits 80 columns"
		test -n "$command" || continue
		cp out help
		run "$command" --help
		cmp -s out help
		result $? "ipcopy $command --help prints what ipcopy help prints"
		run "$command" -h
		cmp -s out help
		result $? "ipcopy $command -h prints what ipcopy help prints"
	done
	run --help
	fits_terminal && says out 'usage: ipcopy COMMAND'
	result $? 'ipcopy --help prints the usage'
	for option in --version -V; do
		run "$option"
		fits_terminal && grep -q '^ipcopy [0-9]' out
		result $? "ipcopy $option prints the version"
	done
}

# The buffers of both sides of TCP are set, so the smaller limit holds.
lists_limits() {
	run list tcp
	tr '\n' ' ' <out | sed 's/  */ /g' | grep -q \
		'buffer up to [0-9]*[KM]* (net.core.wmem_max and net.core.rmem_max)'
	result $? 'list tcp names both limits of its buffers'
	echo 8192 >small
	for name in wmem_max rmem_max; do
		# shellcheck disable=SC2016 # the inner shell expands it
		set -- unshare --mount sh -c \
			'mount --bind small "/proc/sys/net/core/$1" && exec "$2" list tcp' \
			sh "$name" "$ipcopy"
		if "$@" >out 2>err; then
			says out 'buffer up to 8K '
			result $? "list tcp heeds $name"
		else
			skip 'may not mount over /proc/sys'
		fi
	done
}

show_list() {
	run list
	awk '/^control / { on = 1 } on && /^(cp|memcpy) / { n++ }
		!on && /^cp / { n = 9 } END { exit n != 2 }' out
	result $? 'list shows controls under a heading of their own'
	run list --verbose
	fits_terminal && says out 'in Linux since' &&
		says out 'lifted by' && says out 'cp: a control'
	result $? 'list --verbose shows what lifts limits, in 80 columns'
	run list
	fits_terminal && grep -q '^shm  *yes.*shared-memory ring' out
	result $? 'list shows shm, in 80 columns'
	run list shm
	fits_terminal && says out 'size=64K' &&
		grep -q '^region=posix  *yes' out
	result $? 'list shm shows its settings, in 80 columns'
	run list --format csv
	test "$(head -n 1 out)" = "$(printf %s name,kind,available, \
		reason,copies_kernel,copies_user,reach,has_message_form, \
		limits,since_linux,limits_lifted_by,summary)"
	result $? 'list --format csv has its header'
	has_python || return 0
	run list --format json
	python 'keys = """name kind available reason reach has_message_form limits
since_linux limits_lifted_by copies_kernel copies_user summary""".split()
for row in rows:
    assert sorted(row) == sorted(keys), row
    assert row["available"] or row["reason"]
    assert row["since_linux"]
    assert row["kind"] in ("mechanism", "control")
by_name = {row["name"]: row for row in rows}
assert by_name["pipe"]["copies_kernel"] == 4
assert by_name["cp"]["kind"] == "control"
assert by_name["shm"]["copies_kernel"] == 2'
	result $? 'list --format json has its keys'
	lists_limits
	run list shm --format=json
	python 'settings = {s["name"]: s for s in rows[0]["settings"]}
assert settings["size"]["default"] == "64K"
assert [c["choice"] for c in settings["region"]["choices"]][0] == "anon"'
	result $? 'list shm --format json has its settings'
}

# --- narrow terminals ----------------------------------------------------------

# fits COLUMNS WORDS ARGUMENT...: a test that no table is wider, and that the
# last table that leaves out columns says so with these words
fits() {
	COLUMNS=$1
	words=$2
	shift 2
	export COLUMNS
	run "$@"
	# a letter of UTF-8 is one column
	LC_ALL=C tr -d '\200-\277' <out | awk -v most="$COLUMNS" \
		'length > most { exit 1 }' && test "$status" -eq 0 &&
		if test -n "$words"; then
			says out "columns left out at a width of $COLUMNS:" &&
				tr '\n' ' ' <out | grep -qF -e "$words"
		else
			! says out 'left out'
		fi
	result $? "in $COLUMNS columns: ipcopy $*"
	unset COLUMNS
}

fit_terminals() {
	few='copy in new --via shm --via pipe'
	fits 100 '' list
	fits 80 '' list
	fits 60 'what it is' list
	fits 40 'what it is' list
	fits 60 '' list shm
	fits 40 ': joins' list shm
	for columns in 80 60 40; do
		fits "$columns" '' plot --list
		fits "$columns" '' --help
		fits "$columns" '' help copy
	done
	# shellcheck disable=SC2086
	{
		fits 80 '' $few
		fits 60 'MiB' $few --calls
		fits 40 'seconds' $few --calls
	}
	fits 80 '' count --via pipe
	fits 60 ': to' count --calibrate
	fits 40 ': to' count --calibrate
	fits 80 '' bench quick --dry-run
	rm -f new
}

# Whole runs: all lines fit, except headings of pictures and commands to paste.
fit_runs() {
	"$here/tests/made_up_run" plain a
	"$here/tests/made_up_run" later b
	for COLUMNS in 80 60 40; do
		export COLUMNS
		for command in 'verdict a' 'compare a b'; do
			# shellcheck disable=SC2086
			run $command
			LC_ALL=C tr -d '\200-\277' <out |
				grep -vE '^ .*--(via|size) |^(What|The) |:$' |
				awk -v most="$COLUMNS" 'length > most { exit 1 }'
			result $? "in $COLUMNS columns: ipcopy $command"
		done
	done
	unset COLUMNS
}

has_sizes() {
	run copy in new --via mq --via pipe --via shm --size 4K
	! grep -q ' size ' out && grep -q '^mechanism ' out
	result $? 'if all sizes are equal, the table of copy has no column of sizes'
	run copy in new --via mq --via shm
	grep -q '^mechanism  *size ' out && grep -q '^mq  *8K ' out &&
		grep -q '^shm  *64K ' out
	result $? 'if sizes differ, the table of copy has a column of sizes'
	rm -f new
}

refuse_commands
refuse_arguments
refuse_mechanisms
refuse_numbers
refuse_files
refuse_what_is_nowhere
refuse_meetings
refuse_what_is_lacking
lost_output list
lost_output help copy
lost_output list --format json --verbose
reader_has_gone
closed_stderr
show_help
show_list
fit_terminals
fit_runs
has_sizes
finish
