#!/bin/sh
# An installation, made with a prefix of its own and then moved: the program
# finds what came with it. CITATION.cff says the version that there is.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

# as from a shell: not as a part of the make that runs the tests
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR
if ! make -C "$top" install prefix="$work/first" >out 2>err; then
	status=1
	result 1 'make install prefix=...'
	finish
fi
mv first moved
ipcopy=$work/moved/bin/ipcopy

sed 's/"quick"/"moved"/' "$here/bench/plans/quick.json" \
	>moved/share/ipcopy/plans/quick.json
run bench quick --dry-run --save-plan saved.json
test "$status" -eq 0 && says saved.json '"moved"'
result $? 'bench takes the plan that was installed with it'

mkdir -p moved/libexec/ipcopy
cp "$here/tests/fake-cell" moved/libexec/ipcopy/ipcopy-cell
FAKE_LOG=$work/log
export FAKE_LOG
run bench --via pipe --size 64K --budget 1s --seed 1 --output r
grep -q -e '--samples' log && test -s r/samples.csv
result $? 'and the program that measures'

run count --user -- cp in copied
test "$status" -eq 0 && cmp -s in copied
result $? 'count --user finds its library'

for name in RUN LAB METHOD CITATION.cff verdict.schema.json \
	manifest.schema.json; do
	test -s "moved/share/doc/ipcopy/$name"
	result $? "$name is installed"
done
test -s moved/share/man/man1/ipcopy.1
result $? 'and the manual page'

# --- how to cite it -----------------------------------------------------------

cite=$here/CITATION.cff
version=$("$ipcopy" --version | sed 's/^ipcopy //')
grep -qx "version: $version" "$cite"
result $? 'CITATION.cff has the version of the program'
date=$(sed -n "s/^\(.*\), ipcopy $version\$/\1/p" "$here/NEWS")
test -n "$date" && grep -qx "date-released: \"$date\"" "$cite"
result $? 'the day on which NEWS says that it was released'
names=$(sed -n 's/^  - name: //p' "$cite" | tr '[:upper:]' '[:lower:]')
test -n "$names" && tr '[:upper:]' '[:lower:]' <"$here/AUTHORS" | grep -qF "$names"
result $? 'and the authors'
finish
