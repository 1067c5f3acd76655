#!/bin/sh
# Completion: the program must offer what its tables have, and bash, zsh and
# fish must offer what the program does.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
PATH=$top:$PATH
export PATH

# fits WORD...: writes the words that fit in place of the last word into out
fits() {
	run completion --words -- "$@"
	cut -f 1 out >words
}

# has WORDS NAME: a test that out has each of these words
has() {
	for word in $1; do
		grep -qxF -e "$word" words || status="lacks $word"
	done
	test "$status" = 0
	result $? "$2"
}

# only WORDS NAME: a test that out has these words and no others
only() {
	# shellcheck disable=SC2086 # these are words
	printf '%s\n' $1 | grep . | sort >expected
	sort words | cmp -s expected -
	result $? "$2"
}

# --- the program --------------------------------------------------------------

commands=$("$ipcopy" --help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p')
fits ''
only "$commands" 'all commands of the help fit at the start'
for command in $commands; do
	test "$command" != help || continue
	options=$("$ipcopy" "$command" --help |
		sed -n 's/^  \(-.,\)\{0,1\} *\(--[a-z-]*\).*/\2/p')
	fits "$command" --
	has "$options" "$command: all options of its help fit"
done

fits copy in dst --via ''
mechanisms=$("$ipcopy" list --format csv | sed 1d | cut -d , -f 1)
only "$mechanisms" 'all mechanisms fit after --via'
fits copy in dst --via=pi
only --via=pipe 'a mechanism fits after --via='
fits list shm
only shm 'a complete name fits'
fits explain shm
only 'shm shm:' 'settings fit where they are allowed'
for mechanism in shm tcp mq; do
	settings=$("$ipcopy" list "$mechanism" |
		sed -n 's/^  \([a-z]*=\).*/\1/p')
	fits explain "$mechanism:"
	only "$(echo "$settings" | sed "s/^/$mechanism:/")" \
		"all settings of $mechanism fit"
done
fits serve in --via shm:depth=4,sync=m
only shm:depth=4,sync=mutex 'the value of a setting fits'
fits serve in --via shm:depth=4,sync=mutex,de
only '' 'a setting does not fit a second time'
fits copy in dst --via nothing:
only '' 'an unknown mechanism has no settings'

fits bench ''
has 'quick standard full best' 'plans'
grep -qx "$(printf '\tfiles')" out
result $? 'files fit as operands'
fits bench --workload stream,p
only stream,pingpong 'words of a list fit'
fits bench --depth=1,
only '--depth=1,deep --depth=1,best --depth=1,own' 'the second word of a list fits after a number'
fits plot --figure ''
has "$("$ipcopy" plot --list | sed -n 's/^\([a-z]\{1,\}\) .*/\1/p')" 'figures'
fits plot --format svg,p
only 'svg,png svg,pdf' 'formats of figures fit'
fits lab ''
has "$("$ipcopy" lab --format csv --about --all 2>/dev/null |
	sed 1d | cut -d , -f 1)" 'claims'
fits export RUN --to js
only '' 'no word is offered if none fits'
fits export RUN --to j
only junit 'formats of export fit'
fits copy in dst --place c
only core 'places'
fits count --user=d
only --user=dhat 'an optional value fits'
fits help com
only 'compare completion' 'commands to help with'
fits help ''
has 'bench lab lesson method promise plan run mechanisms' \
	'all that help knows'
fits completion ''
only 'bash zsh fish' 'shells'

# hints LINE NAME WORD...: a test that out has only this line
hints() {
	expected=$1 name=$2
	shift 2
	fits "$@"
	printf '\t%s\n' "$expected" | cmp -s - out
	result $? "$name"
}

hints files 'files to copy' copy in ''
hints folders 'folders of runs' verdict ''
hints files 'the value of an option comes before operands' count --in ''
hints 'command 2' 'a command to count' count ''
hints 'command 4' 'behind two dashes' count --calls -- c
hints 'command 4' 'and its arguments, with dashes too' count --calls -- cat -
fits copy in dst ''
has '--via --quiet' 'options fit if no more operands do'
fits copy in dst -- ''
only '' 'no option fits after two dashes'
fits nothing ''
only '' 'no word fits after an unknown command'
fits copy in dst --cpus ''
only '' 'no word is offered for a number'
run completion --words --
test "$status" -eq 2 && one_line_says 'SHELL is missing'
result $? 'completion without a shell is refused'
run completion csh
test "$status" -eq 2 && one_line_says 'allowed: bash, zsh, fish'
result $? 'a shell that has no completion script is refused'
run completion bash zsh
test "$status" -eq 2 && one_line_says 'one argument too many'
result $? 'two shells in one call are refused'

# --- the shells ---------------------------------------------------------------

for script in bash/ipcopy zsh/_ipcopy fish/ipcopy.fish; do
	mkdir "${script%/*}"
	"$ipcopy" completion "${script%/*}" >"$script"
	cmp -s "$script" "$here/src/cli/completion/${script#*/}"
	result $? "the script for ${script%/*} is in the program"
done
mkdir -p folder/inside
: >'folder/a file'
: >fo=o

# Prints the words that bash puts into COMP_WORDS. It also cuts at "=" and ":".
cat >ask.bash <<'END'
. bash/ipcopy
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=() rest=$1
while [[ $rest =~ ^[[:space:]]*([^[:space:]=:]+|[=:]+)(.*)$ ]]; do
	COMP_WORDS+=("${BASH_REMATCH[1]}")
	rest=${BASH_REMATCH[2]}
done
[[ $1 != *[[:space:]] ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_ipcopy ipcopy
typed=${1##* }
kept=${typed%"${typed##*[=:]}"}
[[ ${#COMPREPLY[@]} -eq 0 ]] || printf -- "$kept%s\n" "${COMPREPLY[@]}"
END

# Runs zsh on a terminal of its own, in which the Tab key is pressed. The
# matches are printed as they are added.
cat >ask.zsh <<'END'
zmodload zsh/zpty || exit 1
zpty z zsh -f -i
quiet() { zpty -w z "$1"; }
quiet 'stty -echo 2>/dev/null; PROMPT= RPROMPT= PROMPT_EOL_MARK='
quiet 'fpath=($PWD/zsh $fpath); autoload -Uz compinit; compinit -u -D'
quiet "zstyle ':completion:*' insert-tab false; zstyle ':completion:*' menu no"
quiet "bindkey '^I' complete-word; unsetopt zle_bracketed_paste 2>/dev/null"
quiet 'compadd() {
	local -a hits
	if (( ${argv[(I)-[OAD]*]} )); then builtin compadd "$@"; return; fi
	builtin compadd -O hits "$@"
	print; print -rl -- "${(@)hits/#/match:$IPREFIX}"
	builtin compadd "$@"
}'
quiet 'finish() { print; print -r -- "match:end"; exit; }; comppostfuncs=(finish)'
quiet 'print begin: now'
while zpty -r z line; do [[ $line != *'begin: now'* ]] || break; done
zpty -n -w z "$1"$'\t'
while zpty -r z line; do
	line=${line%%[$'\r\n']*}
	[[ $line != match:end ]] || break
	[[ $line != match:* ]] || print -r -- ${line#match:}
done
END

cat >ask.fish <<'END'
set fish_complete_path $PWD/fish
complete -C "$argv[1]" | string replace -r '\t.*' ''
END

# offered SHELL LINE WORDS NAME: a test that the shell offers these words and no
# others
offered() {
	case $1 in
	bash) bash ask.bash "$2" ;;
	zsh) timeout 60 zsh -f ask.zsh "$2" ;;
	fish) fish --no-config ask.fish "$2" ;;
	esac >out 2>err </dev/null
	status=$?
	printf '%s\n' "$3" | tr '|' '\n' | grep . | sort >expected
	sed 's,/$,,' out | sort -u | cmp -s expected -
	result $? "$1: $4"
}

ask_shell() {
	offered "$1" 'ipcopy comp' 'compare|completion' 'commands'
	offered "$1" 'ipcopy copy in dst --ver' '' 'an option that does not exist'
	offered "$1" 'ipcopy copy in dst --tim' --timeout 'an option'
	offered "$1" 'ipcopy copy in dst --via mapb' mapboth 'a mechanism'
	offered "$1" 'ipcopy copy in dst --via shm:sync=fu' shm:sync=futex \
		'a setting'
	offered "$1" 'ipcopy copy in dst --via=shm:depth=4,sync=se' \
		--via=shm:depth=4,sync=sem 'a second setting after ='
	offered "$1" 'ipcopy bench --workload file,s' file,stream 'a list'
	offered "$1" 'ipcopy verdict fo' folder 'folders only'
	offered "$1" 'ipcopy copy fold' folder 'files'
	offered "$1" 'ipcopy lab C1' "$(lab_ids C1)" 'claims'
}

# lab_ids LETTERS: prints the ids that begin with LETTERS, with bars between
lab_ids() {
	fits lab "$1"
	paste -s -d '|' words
}

for shell in bash zsh fish; do
	if command -v "$shell" >/dev/null; then
		ask_shell "$shell"
	else
		skip "$shell is not installed"
	fi
done
finish
