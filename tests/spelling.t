#!/bin/sh
# Checks the spelling of documents, manual pages, messages and comments.
# tests/spelling.words has right words that codespell takes for wrong.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
status=0
: >out
if ! command -v codespell >/dev/null; then
	skip 'no codespell to check the spelling with'
	finish
fi

# spelled NAME FILE…: a test that codespell finds no mistake in these files.
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
