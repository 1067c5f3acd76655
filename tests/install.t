#!/bin/sh
# An installation with a prefix of its own, which is then moved. The program
# must find the files that came with it. CITATION.cff must name the current
# version.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

# as from a shell, and not as a part of the make that runs the tests
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
result $? 'bench finds the installed plan'

mkdir -p moved/libexec/ipcopy
cp "$here/tests/fake-cell" moved/libexec/ipcopy/ipcopy-cell
FAKE_LOG=$work/log
export FAKE_LOG
run bench --via pipe --size 64K --budget 1s --seed 1 --output r
grep -q -e '--samples' log && test -s r/samples.csv
result $? 'bench finds the installed measuring program'

run count --user -- cp in copied
test "$status" -eq 0 && cmp -s in copied
result $? 'count --user finds its installed library'

for name in RUN LAB METHOD CITATION.cff verdict.schema.json \
	manifest.schema.json; do
	test -s "moved/share/doc/ipcopy/$name"
	result $? "$name is installed"
done
for page in 1/ipcopy 1/ipcopy-copy 5/ipcopy-plan 5/ipcopy-run 7/ipcopy-mechanisms; do
	test -s "moved/share/man/man$page.${page%%/*}"
	result $? "the manual page ${page#*/} is installed"
done
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	# a program in place of man, which prints its arguments
	mkdir bin
	printf '#!/bin/sh\necho "man $*"\n' >bin/man
	chmod +x bin/man
	PATH=$work/bin:$PATH script -qec "'$ipcopy' help copy" /dev/null \
		</dev/null 2>err | tr -d '\r' >out
	grep -q '^man -l /.*/man1/ipcopy-copy\.1$' out
	result $? 'ipcopy help opens the installed page'
else
	skip 'ipcopy help: no script to make a terminal with'
fi
for name in bash-completion/completions/ipcopy zsh/site-functions/_ipcopy \
	fish/vendor_completions.d/ipcopy.fish doc/ipcopy/examples/compare.py \
	doc/ipcopy/ci/gitlab-ci.yml doc/ipcopy/ci/nightly; do
	test -s "moved/share/$name"
	result $? "$name is installed"
done

# --- DESTDIR and away again -------------------------------------------------------

make -C "$top" install prefix=/usr DESTDIR="$work/root" >out 2>err
status=$?
test "$status" -eq 0 && test -x root/usr/bin/ipcopy &&
	test "$(ls root)" = usr
result $? 'make install writes only below DESTDIR'
grep -rlF "$work" root >out 2>err
status=$?
test "$status" -eq 1
result $? 'no installed file contains the path of DESTDIR'
make -C "$top" uninstall prefix=/usr DESTDIR="$work/root" >out 2>err
status=$?
find root ! -type d >left
test "$status" -eq 0 && ! test -s left
result $? "make uninstall leaves no file$(sed 's/^/ /' left | head -n 3)"
find root -type d -path '*ipcopy*' >left
test ! -s left
result $? "make uninstall leaves no folder$(sed 's/^/ /' left | head -n 3)"

# --- how to cite it -----------------------------------------------------------

cite=$here/CITATION.cff
version=$("$ipcopy" --version | sed -n '1s/^ipcopy //p')
grep -qx "version: $version" "$cite"
result $? 'CITATION.cff has the version of the program'
date=$(sed -n "s/^\(.*\), ipcopy $version\$/\1/p" "$here/NEWS")
test -n "$date" && grep -qx "date-released: \"$date\"" "$cite"
result $? 'CITATION.cff has the date of the release in NEWS'
if test -f "$here/debian/changelog"; then
	grep -q "^ipcopy ($version-[0-9.]*) " "$here/debian/changelog"
	result $? 'debian/changelog has the version of the program'
else
	skip 'no debian/changelog: this is a tarball'
fi
names=$(sed -n 's/^  - name: //p' "$cite" | tr '[:upper:]' '[:lower:]')
test -n "$names" && tr '[:upper:]' '[:lower:]' <"$here/AUTHORS" | grep -qF "$names"
result $? 'CITATION.cff has the authors'

finish
