#!/bin/sh
# doc/PROMISE: each sentence names the tests that check it. Those tests must
# exist.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
run --version

# Prints each sentence on one line: its words, then "file name" of each test.
awk '/^\* / { if (item) print item; item = substr($0, 3); open = 1; next }
	/^    tests\// { if (open) item = item "\t" substr($0, 5); next }
	/^  / { if (open) item = item " " substr($0, 3); next }
	/^[^ ]/ { if (item) print item; item = ""; open = 0 }
	END { if (item) print item }' "$here/doc/PROMISE" >items

test "$(grep -c . items)" -ge 20
result $? 'doc/PROMISE has at least 20 sentences'

grep -v "$(printf '\t')" items >err
test ! -s err
result $? 'each sentence names a test'

tr '\t' '\n' <items | grep '^tests/' | sort -u >named
: >err
while read -r file words; do
	words=${words#\"}
	grep -qF -e "${words%\"}" "$here/$file" 2>/dev/null ||
		echo "$file has no \"${words%\"}\"" >>err
done <named
test -s named && test ! -s err
result $? 'each test that is named exists'

# the file must be in tests/local.am, or no run of the suite includes it
: >err
sed 's/ .*//; s/\.[ct]$//' named | sort -u | while read -r file; do
	grep -qE -e "$file(\\.[ct])?( |\$)" "$here/tests/local.am" ||
		echo "$file is not in tests/local.am" >>err
done
test ! -s err
result $? 'each test that is named is a part of the suite'
finish
