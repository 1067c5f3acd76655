#!/bin/sh
# Checks the spelling of documents, manual pages, messages and comments.
# codespell knows common mistakes. tests/spelling.words has right words that it
# takes for mistakes. aspell knows the words of English. tests/aspell.words has
# the other words of the documents.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
status=0
: >out

# spelled NAME FILE…: a test that codespell finds no mistake in these files.
spelled() {
	name=$1
	shift
	if ! command -v codespell >/dev/null; then
		skip "$name: no codespell to check the spelling with"
		return
	fi
	(cd "$here" && codespell --ignore-words tests/spelling.words \
		--skip '*.csv,*.json,*.svg,*.html,*.o,corpus' "$@") >err 2>&1
	result $? "$name"
}

# in_dictionary NAME FILE…: each word of these files is known to aspell, or is
# in tests/aspell.words.
in_dictionary() {
	name=$1
	shift
	if ! echo word | aspell --lang=en list >/dev/null 2>&1; then
		skip "$name: no aspell with English words"
		return
	fi
	(cd "$here" && awk -f tests/words.awk "$@") >words
	sed 's/.*: //' words | aspell --lang=en --ignore=1 list | sort -u |
		grep -vixF -f "$here/tests/aspell.words" >unknown
	grep -wF -f unknown words >err
	test ! -s unknown
	result $? "$name"
}

spelled 'documents are spelled right' README.md NEWS AUTHORS doc
spelled 'messages and comments of src are spelled right' src
spelled 'tests are spelled right' tests
spelled 'other programs and scripts are spelled right' bench plots \
	configure.ac .ci quickstart
cd "$here" || exit
set -- README.md NEWS results/README doc/[A-Z]* doc/man/*.[1-8] doc/man/*.in
cd "$work" || exit
in_dictionary 'each word of the documents is known' "$@"
finish
