#!/bin/sh
# Opens the report of a made-up run in a headless browser.
here=$(cd "${top_srcdir:-.}" && pwd)

skip_all() {
	echo "1..0 # SKIP $*"
	exit
}

command -v node >/dev/null || skip_all 'no node to drive a browser with'
command -v gnuplot >/dev/null || skip_all 'no gnuplot to draw with'
for browser in chromium chromium-browser google-chrome; do
	command -v "$browser" >/dev/null && break
	browser=
done
test -n "$browser" || skip_all 'no chromium'

# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
"$here/tests/made_up_run" plain plain
"$here/tests/made_up_run" names names
"$here/tests/made_up_run" later later
for kind in plain names; do
	run report "$kind" --against later
	if test "$status" -ne 0; then
		result 1 "a report of kind '$kind'"
		finish
	fi
done
node "$here/tests/report_browser.js" "$browser" "$work"
