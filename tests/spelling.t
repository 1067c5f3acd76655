#!/bin/sh
# The spelling of documents, manual pages, messages and comments. Words that are
# right and that the program does not know are in tests/spelling.words.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
status=0
: >out
if ! command -v codespell >/dev/null; then
	skip 'no codespell to check the spelling with'
	finish
fi

# spelled NAME FILE…: no misspelling is known of in these files.
spelled() {
	name=$1
	shift
	(cd "$here" && codespell --ignore-words tests/spelling.words \
		--skip '*.csv,*.json,*.svg,*.html,*.o,corpus' "$@") >err 2>&1
	result $? "$name"
}

spelled 'documents' README.md NEWS AUTHORS doc
spelled 'messages and comments of the program' src
spelled 'of tests' tests
spelled 'of what measures and draws' bench plots configure.ac .ci quickstart
finish
