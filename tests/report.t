#!/bin/sh
# ipcopy report: a run as one page. report_browser.t looks at it in a browser.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

if ! command -v gnuplot >/dev/null; then
	echo '1..0 # SKIP no gnuplot to draw with'
	exit
fi
for kind in one failed names; do
	"$here/tests/made_up_run" "$kind" "$kind"
	run report "$kind"
	test "$status" -eq 0 && test "$(cat out)" = "$kind/report.html" &&
		grep -q '^</html>' "$kind/report.html"
	result $? "a run of kind '$kind' becomes a page"
done

cp one/report.html page
! grep -qE 'src=|@import|url\(["'\'']?[a-z]|{{' page
result $? 'the page asks for nothing, and no slot is left empty'
says page 'ipcopy verdict RUN' && says page '--seed 1'
result $? 'it says how to do it again'
says page 'The way of a byte through shm:sync=sem'
result $? 'it draws the way of a byte'

# links PAGE: the files that it links to, as seen from its folder
links() {
	grep -o 'href="[^"]*"' "$1" | sed 's/^href="//; s/"$//' |
		grep -v '^#\|^data:'
}
links one/report.html | sort >wanted
while read -r link; do
	test -s "one/$link" && grep -q '^</html>' "one/$link" || echo "$link"
done <wanted >broken
grep -qx 'follow/shm-sync-sem.html' wanted && ! test -s broken
result $? "each link leads to a page beside it $(cat broken)"
(cd one && find follow -type f | sort) | cmp -s - wanted
result $? 'and each page there has a link'
! grep -lE ' src=|href="http|@import|url\(["'\'']?[a-z]' one/follow/*.html >broken
result $? "these ask for nothing either $(cat broken)"
cp -r one told
run verdict told
grep -oE '[0-9.]+ [KMG]iB/s' out | sort -u >speeds
test "$(wc -l <speeds)" -gt 1 &&
	! grep -vxF -f - speeds <<-END
		$(grep -oE '[0-9.]+ [KMG]iB/s' page)
	END
result $? 'and speeds as the terminal has them'
cp failed/report.html page
says page 'connect: Connection refused' &&
	says page 'size 16384 is more than the limit of 8192'
result $? 'it says what failed and what was skipped, and why'
says page 'over the ceiling'
result $? 'and what is not to be believed'
cp names/report.html page
! says page '<b>&amp;</b>' && says page '&lt;b&gt;&amp;amp;&lt;/b&gt;'
result $? 'labels are no markup'

run report one --output again.html
cmp -s again.html one/report.html && diff -r follow one/follow >out
result $? 'the same run gives the same pages'
run report one --output -
test "$status" -eq 0 && grep -v '<a class="follow"' one/report.html | cmp -s - out
result $? 'and - is standard output, with nothing beside it to link to'

mkdir empty
cp one/report.html kept
PATH=$work/empty "$ipcopy" report one >out 2>err
status=$?
test "$status" -eq 4 && one_line_says 'apt-get install gnuplot-nox' &&
	cmp -s kept one/report.html
result $? 'without gnuplot: what to install, and the old page stays'

cp -r one bare
rm bare/manifest.json bare/copies.csv bare/verdict.json
run report bare
cp bare/report.html page
test "$status" -eq 0 && says page 'Copies were not counted' &&
	says page 'has no manifest' && says page 'Not drawn'
result $? 'it says what is missing'

run report
test "$status" -eq 2 && one_line_says RUN
result $? 'no run is refused'
run report nowhere
test "$status" -eq 2 && one_line_says 'nowhere/samples.csv'
result $? 'a run that is not there is refused'
run report one --output nowhere/page.html
test "$status" -eq 2 && one_line_says nowhere
result $? 'a place that is not there is refused'
finish
