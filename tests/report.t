#!/bin/sh
# ipcopy report: the HTML page of a run. report_browser.t opens it in a browser.
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
	result $? "a run of kind '$kind' makes a page"
done

cp one/report.html page
! grep -qE 'src=|@import|url\(["'\'']?[a-z]|{{' page
result $? 'the page loads nothing, and all its slots are filled'
says page 'ipcopy verdict RUN' && says page '--seed 1'
result $? 'the page says how to repeat the run'
says page 'The way of a byte through shm:sync=sem'
result $? 'the page draws the way of a byte'

# links PAGE: prints the files that a page links to, as paths from its folder
links() {
	grep -o 'href="[^"]*"' "$1" | sed 's/^href="//; s/"$//' |
		grep -v '^#\|^data:'
}
links one/report.html | sort >wanted
while read -r link; do
	test -s "one/$link" && grep -q '^</html>' "one/$link" || echo "$link"
done <wanted >broken
grep -qx 'follow/shm-sync-sem.html' wanted && ! test -s broken
result $? "each link of the report leads to a page $(cat broken)"
(cd one && find follow -type f | sort) | cmp -s - wanted
result $? 'each page beside the report has a link in it'
! grep -lE ' src=|href="http|@import|url\(["'\'']?[a-z]' one/follow/*.html >broken
result $? "the pages beside the report load nothing $(cat broken)"
cp -r one told
run verdict told
grep -oE '[0-9.]+ [KMG]iB/s' out | sort -u >speeds
test "$(wc -l <speeds)" -gt 1 &&
	! grep -vxF -f - speeds <<-END
		$(grep -oE '[0-9.]+ [KMG]iB/s' page)
	END
result $? 'the page has the speeds that the terminal shows'
cp failed/report.html page
says page 'connect: Connection refused' &&
	says page 'size 16384 is more than the limit of 8192'
result $? 'the page names the failed and the skipped cells, and why'
grep -q 'cells measured <b>[0-9]* of [0-9]*</b>' page
result $? 'the page says how many cells were measured'
says page 'over the ceiling'
result $? 'the page marks speeds that are not believed'
cp names/report.html page
! says page '<b>&amp;</b>' && says page '&lt;b&gt;&amp;amp;&lt;/b&gt;'
result $? 'a label does not become markup'

run report one --output again.html
cmp -s again.html one/report.html && diff -r follow one/follow >out
result $? 'the same run gives the same pages'
run report one --output -
test "$status" -eq 0 && grep -v '<a class="follow"' one/report.html | cmp -s - out
result $? '--output - writes the page alone to standard output'

mkdir empty
cp one/report.html kept
PATH=$work/empty "$ipcopy" report one >out 2>err
status=$?
test "$status" -eq 4 && one_line_says 'apt-get install gnuplot-nox' &&
	cmp -s kept one/report.html
result $? 'without gnuplot the error says what to install, and the old page stays'

cp -r one bare
rm bare/manifest.json bare/copies.csv bare/verdict.json
run report bare
cp bare/report.html page
test "$status" -eq 0 && says page 'Copies were not counted' &&
	says page 'has no manifest' && says page 'Not drawn'
result $? 'the page names what is missing'

run report
test "$status" -eq 2 && one_line_says RUN
result $? 'report without a run is refused'
run report nowhere
test "$status" -eq 2 && one_line_says 'nowhere/samples.csv'
result $? 'a run that does not exist is refused'
run report one --output nowhere/page.html
test "$status" -eq 2 && one_line_says nowhere
result $? 'an output folder that does not exist is refused'
finish
