#!/bin/sh
# doc/PROMISE: every sentence names tests that hold it, and each of them exists.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
run --version

# Its items, each on one line: first its words, then "file words" for each test.
awk '/^\* / { if (item) print item; item = substr($0, 3); open = 1; next }
	/^    tests\// { if (open) item = item "\t" substr($0, 5); next }
	/^  / { if (open) item = item " " substr($0, 3); next }
	/^[^ ]/ { if (item) print item; item = ""; open = 0 }
	END { if (item) print item }' "$here/doc/PROMISE" >items

test "$(grep -c . items)" -ge 20
result $? 'there are promises'

grep -v "$(printf '\t')" items >err
test ! -s err
result $? 'none is without a test'

tr '\t' '\n' <items | grep '^tests/' | sort -u >named
: >err
while read -r file words; do
	words=${words#\"}
	grep -qF -e "${words%\"}" "$here/$file" 2>/dev/null ||
		echo "$file has no \"${words%\"}\"" >>err
done <named
test -s named && test ! -s err
result $? 'each test that is named is there'

# as the suite has them: a name in a file that no run includes holds nothing
: >err
sed 's/ .*//; s/\.[ct]$//' named | sort -u | while read -r file; do
	grep -qE -e "$file(\\.[ct])?( |\$)" "$here/tests/local.am" ||
		echo "$file is not in tests/local.am" >>err
done
test ! -s err
result $? 'and is one that runs'
finish
